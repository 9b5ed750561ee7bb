/** The input of each hook: the request messages of protocol version 3 as schemas. */
import * as z from 'zod';
import type { v3 } from '../wire/generated.ts';
import type { Plain } from '../wire/plain.ts';
import type { HookName } from './hook-name.ts';
import { pin } from './pin.ts';
import { MountedTopic } from './text.ts';
import {
  BrokerInfo,
  ClientInfo,
  ConnInfo,
  Credentials,
  Message,
  meta,
  properties,
  subscriptionOptions,
  topicFilters,
} from './vocabulary.ts';

/** The action of a client on a topic, in client.authorize. */
export const Action = { PUBLISH: 0, SUBSCRIBE: 1 } as const;

const clientinfo = ClientInfo;
const conninfo = ConnInfo;
const action = z.literal([Action.PUBLISH, Action.SUBSCRIBE], {
  error: 'must be 0 (publish) or 1 (subscribe)',
});
const topic = MountedTopic;

/** The generated type without the password, which only client.authenticate may see. */
type Redacted<T> = T extends { clientinfo: infer Info }
  ? { [Key in keyof T]: Key extends 'clientinfo' ? Omit<Info, 'password'> : T[Key] }
  : T;
type Input<T> = Redacted<Plain<T>>;

export const requests = {
  'provider.loaded': pin<Input<v3.ProviderLoadedRequest>>()(z.object({ broker: BrokerInfo, meta })),
  'provider.unloaded': pin<Input<v3.ProviderUnloadedRequest>>()(z.object({ meta })),
  'client.connect': pin<Input<v3.ClientConnectRequest>>()(
    z.object({ conninfo, props: properties, meta, userProps: properties }),
  ),
  'client.connack': pin<Input<v3.ClientConnackRequest>>()(
    z.object({ conninfo, resultCode: z.string(), props: properties, meta, userProps: properties }),
  ),
  'client.connected': pin<Input<v3.ClientConnectedRequest>>()(z.object({ clientinfo, meta })),
  'client.disconnected': pin<Input<v3.ClientDisconnectedRequest>>()(
    z.object({ clientinfo, reason: z.string(), meta }),
  ),
  'client.authenticate': pin<Plain<v3.ClientAuthenticateRequest>>()(
    z.object({ clientinfo: Credentials, result: z.boolean(), meta }),
  ),
  'client.authorize': pin<Input<v3.ClientAuthorizeRequest>>()(
    z.object({ clientinfo, type: action, topic, result: z.boolean(), meta }),
  ),
  'client.subscribe': pin<Input<v3.ClientSubscribeRequest>>()(
    z.object({ clientinfo, props: properties, topicFilters, meta, userProps: properties }),
  ),
  'client.unsubscribe': pin<Input<v3.ClientUnsubscribeRequest>>()(
    z.object({ clientinfo, props: properties, topicFilters, meta, userProps: properties }),
  ),
  'session.created': pin<Input<v3.SessionCreatedRequest>>()(z.object({ clientinfo, meta })),
  'session.subscribed': pin<Input<v3.SessionSubscribedRequest>>()(
    z.object({ clientinfo, topic, subopts: subscriptionOptions, meta }),
  ),
  'session.unsubscribed': pin<Input<v3.SessionUnsubscribedRequest>>()(z.object({ clientinfo, topic, meta })),
  'session.resumed': pin<Input<v3.SessionResumedRequest>>()(z.object({ clientinfo, meta })),
  'session.discarded': pin<Input<v3.SessionDiscardedRequest>>()(z.object({ clientinfo, meta })),
  'session.takenover': pin<Input<v3.SessionTakenoverRequest>>()(z.object({ clientinfo, meta })),
  'session.terminated': pin<Input<v3.SessionTerminatedRequest>>()(
    z.object({ clientinfo, reason: z.string(), meta }),
  ),
  'message.ingress': pin<Input<v3.MessageIngressRequest>>()(
    z.object({ clientinfo, message: Message, meta, props: properties, userProps: properties }),
  ),
  'message.publish': pin<Input<v3.MessagePublishRequest>>()(
    z.object({ message: Message, meta, props: properties, userProps: properties }),
  ),
  'message.delivered': pin<Input<v3.MessageDeliveredRequest>>()(
    z.object({ clientinfo, message: Message, meta }),
  ),
  'message.dropped': pin<Input<v3.MessageDroppedRequest>>()(
    z.object({ message: Message, reason: z.string(), meta }),
  ),
  'message.acked': pin<Input<v3.MessageAckedRequest>>()(z.object({ clientinfo, message: Message, meta })),
} as const satisfies Record<HookName, z.ZodType>;

/** The validated input of a hook. */
export type HookInput<Name extends HookName = HookName> = z.output<(typeof requests)[Name]>;
