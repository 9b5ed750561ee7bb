/** The three protocol versions: services, names, and requests that need a lift to version 3. */
import type { DescMethodUnary, DescService, MessageShape } from '@bufbuild/protobuf';
import type * as z from 'zod';
import type { HookProvider as HookProviderV1 } from '../../../gen/emqx/exhook/v1/exhook_pb.ts';
import { service as serviceV1 } from '../../../gen/emqx/exhook/v1/exhook_wire.ts';
import type { HookProvider as HookProviderV2 } from '../../../gen/emqx/exhook/v2/exhook_pb.ts';
import { service as serviceV2 } from '../../../gen/emqx/exhook/v2/exhook_wire.ts';
import type { HookProvider as HookProviderV3 } from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
import { service as serviceV3 } from '../../../gen/emqx/exhook/v3/exhook_wire.ts';
import type { HookName } from '../schema/hook-name.ts';
import type { requests } from '../schema/requests.ts';
import { liftsV1 } from './lifts-v1.ts';
import { liftsV2 } from './lifts-v2.ts';
import type { Plain } from './plain.ts';
import type { ServiceTable } from './rpc-table.ts';

/** The package of a broker: v1 = EMQX 4.3 and 4.4, v2 = 5.0 to 5.8, v3 = 5.9 and later. */
export type Version = 'v1' | 'v2' | 'v3';

/** EMQX's RPC name of a hook: client.connect -> onClientConnect. */
type MethodName<Name extends string> = Name extends `${infer Noun}.${infer Verb}`
  ? `on${Capitalize<Noun>}${Capitalize<Verb>}`
  : never;

/** The two names that differ in version 1. */
type NameInV1<Name extends HookName> = Name extends 'client.authorize'
  ? 'onClientCheckAcl'
  : Name extends 'session.takenover'
    ? 'onSessionTakeovered'
    : MethodName<Name>;

type RequestOf<Service extends DescService, Method> = Method extends keyof Service['method']
  ? Service['method'][Method] extends { input: infer Input extends DescMethodUnary['input'] }
    ? MessageShape<Input>
    : never
  : never;

export type RequestV1<Name extends HookName> = RequestOf<typeof HookProviderV1, NameInV1<Name>>;
export type RequestV2<Name extends HookName> = RequestOf<typeof HookProviderV2, MethodName<Name>>;

type RequestV3<Name extends HookName> = RequestOf<typeof HookProviderV3, MethodName<Name>>;

type Accepted<Name extends HookName> = z.input<(typeof requests)[Name]>;

/** The fields at any depth that `Old` has and `New` lacks. Without a lift they would be lost silently. */
type Surplus<Old, New> = Old extends Uint8Array
  ? never
  : Old extends (infer OldItem)[]
    ? New extends (infer NewItem)[]
      ? Surplus<OldItem, NewItem>
      : never
    : Old extends object
      ? { [Key in keyof Old]: Key extends keyof New ? Surplus<Old[Key], New[Key]> : Key }[keyof Old]
      : never;

/** Whether version 3 understands the request completely without a lift. */
type IsUnderstood<Request, Name extends HookName> =
  Plain<Request> extends Accepted<Name>
    ? [Surplus<Plain<Request>, Plain<RequestV3<Name>>>] extends [never]
      ? true
      : false
    : false;

/** Sub-messages may be absent from a lifted request: the schema checks them. */
type Draft<T> = T extends Uint8Array | bigint | string | number | boolean
  ? T
  : T extends (infer Item)[]
    ? Draft<Item>[]
    : { [Key in keyof T]?: Draft<T[Key]> | undefined };

type Lift<Request, Name extends HookName> = (request: Request) => Draft<Accepted<Name>>;

/** A lift for every request that version 3 does not fully understand. The compiler determines them. */
export type Lifts<Requests extends { [Name in HookName]: unknown }> = {
  readonly [Name in HookName as IsUnderstood<Requests[Name], Name> extends true ? never : Name]: Lift<
    Requests[Name],
    Name
  >;
} & { readonly [Name in HookName]?: Lift<Requests[Name], Name> };

/** One version of the protocol. */
export interface Protocol {
  readonly version: Version;
  readonly service: ServiceTable;
  readonly lifts: { readonly [Name in HookName]?: (request: never) => unknown };
  /** The hooks that this version lacks. */
  readonly lacks: readonly HookName[];
  /** The hooks whose names differ from version 3. */
  readonly names: { readonly [Name in HookName]?: { readonly rpc: string; readonly hook: string } };
}

export const protocols: readonly Protocol[] = [
  {
    version: 'v1',
    service: serviceV1,
    lifts: liftsV1,
    lacks: ['message.ingress'],
    names: {
      'client.authorize': { rpc: 'OnClientCheckAcl', hook: 'client.check_acl' },
      'session.takenover': { rpc: 'OnSessionTakeovered', hook: 'session.takeovered' },
    },
  },
  { version: 'v2', service: serviceV2, lifts: liftsV2, lacks: ['message.ingress'], names: {} },
  { version: 'v3', service: serviceV3, lifts: {}, lacks: [], names: {} },
];
