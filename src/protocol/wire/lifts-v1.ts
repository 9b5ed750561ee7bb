/** Differences in the requests of version 1 (EMQX 4.3 and 4.4). */
import type { HookName } from '../schema/hook-name.ts';
import { liftSubscribed, liftSubscription } from './subscription.ts';
import { parseUptime } from './uptime.ts';
import { splitUserProperties } from './user-property.ts';
import type { Lifts, RequestV1 } from './versions.ts';

export const liftsV1: Lifts<{ [Name in HookName]: RequestV1<Name> }> = {
  'provider.loaded': ({ broker, meta }) => ({
    broker: broker && { ...broker, uptime: parseUptime(broker.uptime) },
    meta,
  }),
  'client.connect': splitUserProperties,
  'client.connack': splitUserProperties,
  'client.subscribe': liftSubscription,
  'client.unsubscribe': liftSubscription,
  'session.subscribed': liftSubscribed,
};
