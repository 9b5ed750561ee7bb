/**
 * Custom hooks for a fleet of devices. Each device logs in with its id as MQTT client id.
 *
 * - client.authorize: a device uses topics under `devices/<its id>/`, and no others.
 * - message.publish: measurements move to `telemetry/<id>/...`, and configuration that is too large is dropped.
 * - client.connected: the event gets the site of the device, from a look-up.
 */
import { readFile } from 'node:fs/promises';
import { allow, defineHook, deny, drop, observed, pass, rewrite } from 'exhook-edge';

/** In a topic filter, an id with one of these would be a wildcard, or several levels. */
const special = /[/+#]/;

export const authorizeOwnTopics = defineHook({
  name: 'client.authorize',
  decide({ clientinfo, topic }) {
    const { clientid } = clientinfo;
    if (clientid === '' || special.test(clientid)) return { reply: deny('the client id is not a device id') };
    if (!topic.startsWith(`devices/${clientid}/`)) return { reply: deny('not a topic of this device') };
    return { reply: allow() };
  },
});

/** Bytes that devices have room for. */
const MAX_CONFIG = 4096;

/** `devices/<id>/telemetry/<what>` or `devices/<id>/config` */
const deviceTopic = /^devices\/([^/]+)\/(?:telemetry\/(.+)|config)$/;

/** Decides what happens to a message: the answer for the broker. */
function judge({ topic, payload }) {
  const [, id, measurement] = deviceTopic.exec(topic) ?? [];
  if (id === undefined) return pass();
  if (measurement !== undefined) return rewrite({ topic: `telemetry/${id}/${measurement}` });
  return payload.length > MAX_CONFIG ? drop('the configuration is too large') : pass();
}

export const sortMessages = defineHook({
  name: 'message.publish',
  decide({ message, props, userProps }) {
    const reply = judge(message);
    return {
      reply,
      events: [
        {
          // The same call again yields the same id: receivers can detect duplicates.
          id: message.id === '' ? undefined : `${message.id}/message.publish`,
          type: 'emqx.message.publish',
          subject: message.topic,
          data: { message, props, userProps, outcome: reply.kind },
        },
      ],
    };
  },
});

export const reportSite = defineHook({
  name: 'client.connected',
  needs: ({ clientinfo }, { answers }) =>
    'site' in answers ? undefined : { kind: 'site', clientid: clientinfo.clientid },
  decide: ({ clientinfo }, { answers }) => ({
    reply: observed(),
    events: [
      {
        type: 'emqx.client.connected',
        subject: clientinfo.clientid,
        data: { clientinfo, site: answers.site },
      },
    ],
  }),
});

const devices = new URL('devices.json', import.meta.url);

export const lookups = {
  /** Returns the site of a device; null if it has none. An HTTP registry works as well: `fetch(url, { signal })`. */
  async site({ clientid }, { signal }) {
    const sites = JSON.parse(await readFile(devices, { encoding: 'utf8', signal }));
    return Object.hasOwn(sites, clientid) ? sites[clientid] : null;
  },
};
