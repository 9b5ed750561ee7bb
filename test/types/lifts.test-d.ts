/** What must not compile about versions: a request that version 3 would not fully understand needs a lift. */
import type { HookName } from '../../src/protocol/schema/hook-name.ts';
import { liftsV1 } from '../../src/protocol/wire/lifts-v1.ts';
import { liftsV2 } from '../../src/protocol/wire/lifts-v2.ts';
import type { Lifts, RequestV1, RequestV2 } from '../../src/protocol/wire/versions.ts';

type V1 = Lifts<{ [Name in HookName]: RequestV1<Name> }>;
type V2 = Lifts<{ [Name in HookName]: RequestV2<Name> }>;

const { 'client.subscribe': _subscribe2, ...v2WithoutSubscribe } = liftsV2;
const { 'session.subscribed': _subscribed2, ...v2WithoutSubscribed } = liftsV2;
const { 'client.unsubscribe': _unsubscribe2, ...v2WithoutUnsubscribe } = liftsV2;
const { 'provider.loaded': _loaded1, ...v1WithoutLoaded } = liftsV1;
const { 'client.subscribe': _subscribe1, ...v1WithoutSubscribe } = liftsV1;
const { 'session.subscribed': _subscribed1, ...v1WithoutSubscribed } = liftsV1;

export const v1: V1 = liftsV1;
export const v2: V2 = liftsV2;
// @ts-expect-error Property '"client.subscribe"' is missing
export const noSubscribe2: V2 = v2WithoutSubscribe;
// @ts-expect-error Property '"client.unsubscribe"' is missing
export const noUnsubscribe2: V2 = v2WithoutUnsubscribe;
// @ts-expect-error Property '"session.subscribed"' is missing
export const noSubscribed2: V2 = v2WithoutSubscribed;
// @ts-expect-error Property '"provider.loaded"' is missing
export const noLoaded1: V1 = v1WithoutLoaded;
// @ts-expect-error Property '"client.subscribe"' is missing
export const noSubscribe1: V1 = v1WithoutSubscribe;
// @ts-expect-error Property '"session.subscribed"' is missing
export const noSubscribed1: V1 = v1WithoutSubscribed;

export const wrong: V1 = {
  ...liftsV1,
  // @ts-expect-error 'string' is not assignable to type 'bigint
  'provider.loaded': ({ broker, meta }) => ({ broker, meta }),
};
