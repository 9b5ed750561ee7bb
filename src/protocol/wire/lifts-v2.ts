/** Differences in the requests of version 2 (EMQX 5.0 to 5.8). */
import type { HookName } from '../schema/hook-name.ts';
import { liftSubscribed, liftSubscription } from './subscription.ts';
import { splitUserProperties } from './user-property.ts';
import type { Lifts, RequestV2 } from './versions.ts';

export const liftsV2: Lifts<{ [Name in HookName]: RequestV2<Name> }> = {
  'client.connect': splitUserProperties,
  'client.connack': splitUserProperties,
  'client.subscribe': liftSubscription,
  'client.unsubscribe': liftSubscription,
  'session.subscribed': liftSubscribed,
};
