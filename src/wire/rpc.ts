/** Every RPC of the three versions, by its path. */
import type { DescMethodUnary, Message } from '@bufbuild/protobuf';
import { type HookName, hookNames } from '../schema/hook-name.ts';
import { type Protocol, protocols, type Version } from './versions.ts';

/** One RPC of one version. */
export interface Rpc {
  readonly hook: HookName;
  readonly version: Version;
  /** For example `/emqx.exhook.v3.HookProvider/OnClientConnect`. */
  readonly path: string;
  readonly method: DescMethodUnary;
  /** Brings a request into the shape of version 3. */
  lift(request: Message): unknown;
}

const identity = (request: Message): unknown => request;

function rpcOf({ version, service, lifts, names }: Protocol, hook: HookName): Rpc {
  const localName = names[hook]?.method ?? `on${hook.split('.').map(capitalize).join('')}`;
  const method = service.method[localName] as DescMethodUnary | undefined;
  if (method === undefined) throw new Error(`${service.typeName} has no ${localName}`);
  const lift = (lifts[hook] as Rpc['lift'] | undefined) ?? identity;
  return { hook, version, path: `/${service.typeName}/${method.name}`, method, lift };
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** All 63 RPCs. */
export const rpcs: readonly Rpc[] = protocols.flatMap((protocol) =>
  hookNames.map((hook) => rpcOf(protocol, hook)),
);

const byPath: ReadonlyMap<string, Rpc> = new Map(rpcs.map((rpc) => [rpc.path, rpc]));

/** The RPC at a path, or `undefined`. */
export function findRpc(path: string): Rpc | undefined {
  return byPath.get(path);
}

/** What a version calls a hook in `HookSpec.name`. */
export function hookNameIn(version: Version, hook: string): string {
  const protocol = protocols.find((candidate) => candidate.version === version);
  return protocol?.names[hook as HookName]?.hook ?? hook;
}
