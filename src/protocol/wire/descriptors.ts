/**
 * Protobuf descriptors of the RPCs, for everything except broker calls, such as Connect and JSON.
 *
 * Kept in a separate file: a server that only brokers call never loads it.
 */
import type { DescMethodUnary, DescService } from '@bufbuild/protobuf';
import { HookProvider as HookProviderV1 } from '../../../gen/emqx/exhook/v1/exhook_pb.ts';
import { HookProvider as HookProviderV2 } from '../../../gen/emqx/exhook/v2/exhook_pb.ts';
import { HookProvider as HookProviderV3 } from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
import type { Rpc } from './rpc.ts';
import type { Version } from './versions.ts';

export const services: Readonly<Record<Version, DescService>> = {
  v1: HookProviderV1,
  v2: HookProviderV2,
  v3: HookProviderV3,
};

const methods: ReadonlyMap<string, DescMethodUnary> = new Map(
  Object.values(services).flatMap((service) =>
    service.methods.map((method) => [`/${service.typeName}/${method.name}`, method as DescMethodUnary]),
  ),
);

/** The descriptor of an RPC. */
export function methodOf({ path }: Pick<Rpc, 'path'>): DescMethodUnary {
  const method = methods.get(path);
  if (method === undefined) throw new Error(`there is no RPC at ${path}`);
  return method;
}
