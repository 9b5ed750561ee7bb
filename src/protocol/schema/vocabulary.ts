/**
 * The messages of ExHook as schemas, in the shape of protocol version 3, pinned to the generated types. Defaults apply
 * where older brokers send nothing.
 */
import * as z from 'zod';
import type { v3 } from '../wire/generated.ts';
import type { Plain } from '../wire/plain.ts';
import { pin } from './pin.ts';
import { MountedTopic, MqttText } from './text.ts';

/** A sub-message that a request must have. */
const required = { error: 'must be present' };

/** The calling broker node. All fields are empty for EMQX before 4.3.14 and 4.4.3. */
export const RequestMeta = pin<Plain<v3.RequestMeta>>()(
  z.object({ node: z.string(), version: z.string(), sysdescr: z.string(), clusterName: z.string() }),
);

/** The default of every request's `meta`. */
export const meta = RequestMeta.default({ node: '', version: '', sysdescr: '', clusterName: '' });

/** A broker's information about itself when it loads this provider. `uptime` in seconds, -1 if unknown. */
export const BrokerInfo = pin<Plain<v3.BrokerInfo>>()(
  z.object({ version: z.string(), sysdescr: z.string(), uptime: z.bigint(), datetime: z.string() }, required),
);

/** A connection before its client is known. `keepalive` in seconds; `peerport` 0 from EMQX before 5.4. */
export const ConnInfo = pin<Plain<v3.ConnInfo>>()(
  z.object(
    {
      node: z.string(),
      clientid: MqttText,
      username: MqttText,
      peerhost: z.string(),
      sockport: z.uint32(),
      protoName: z.string(),
      protoVer: z.string(),
      keepalive: z.uint32(),
      peerport: z.uint32().default(0),
    },
    required,
  ),
);

const clientinfo = {
  node: z.string(),
  clientid: MqttText,
  username: MqttText,
  peerhost: z.string(),
  sockport: z.uint32(),
  protocol: z.string(),
  mountpoint: z.string(),
  isSuperuser: z.boolean(),
  anonymous: z.boolean(),
  cn: z.string(),
  dn: z.string(),
  peerport: z.uint32().default(0),
};

/**
 * A client, for every hook except client.authenticate. Parsing removes the password: no other hook, event or log can
 * contain it.
 */
export const ClientInfo = pin<Omit<Plain<v3.ClientInfo>, 'password'>>()(z.object(clientinfo, required));

/** A client that logs in, with its password. */
export const Credentials = pin<Plain<v3.ClientInfo>>()(
  z.object({ ...clientinfo, password: z.string() }, required),
);

/** One MQTT property, its value printed as text. */
export const Property = pin<Plain<v3.Property>>()(z.object({ name: z.string(), value: z.string() }));

/** Subscription options, MQTT 5.0 section 3.8.3.1. */
export const SubOpts = pin<Plain<v3.SubOpts>>()(
  z.object({ qos: z.uint32(), rh: z.uint32(), rap: z.uint32(), nl: z.uint32() }),
);

const subopts = SubOpts.default({ qos: 0, rh: 0, rap: 0, nl: 0 });

/** One filter of a SUBSCRIBE or UNSUBSCRIBE packet; a shared one reads `$share/group/filter`. */
export const TopicFilter = pin<Plain<v3.TopicFilter>>()(z.object({ name: MountedTopic, subopts }));

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, { error: 'must be bytes' });

/** An application message. `timestamp` in milliseconds since 1970, by the broker's clock. */
export const Message = pin<Plain<v3.Message>>()(
  z.object(
    {
      node: z.string(),
      id: z.string(),
      qos: z.uint32().max(2, { error: 'must be a QoS: 0, 1 or 2' }),
      from: MqttText,
      topic: MountedTopic,
      payload: Bytes,
      timestamp: z.bigint(),
      headers: z.record(z.string(), z.string()),
    },
    required,
  ),
);

export const subscriptionOptions = subopts;
export const properties = z.array(Property).default([]);
export const topicFilters = z.array(TopicFilter).default([]);

export type RequestMeta = z.output<typeof RequestMeta>;
export type BrokerInfo = z.output<typeof BrokerInfo>;
export type ConnInfo = z.output<typeof ConnInfo>;
export type ClientInfo = z.output<typeof ClientInfo>;
export type Credentials = z.output<typeof Credentials>;
export type Property = z.output<typeof Property>;
export type SubOpts = z.output<typeof SubOpts>;
export type TopicFilter = z.output<typeof TopicFilter>;
export type Message = z.output<typeof Message>;
