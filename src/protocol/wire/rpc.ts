/** Every RPC of the three versions, by its path. */
import { type HookName, hookNames } from '../schema/hook-name.ts';
import type { Read } from './reader.ts';
import { type Protocol, protocols, type Version } from './versions.ts';
import type { Write } from './writer.ts';

/** The service of every version: `emqx.exhook.v3.HookProvider`. */
const SERVICE = 'HookProvider';

/** One RPC of one version. */
export interface Rpc {
  readonly hook: HookName;
  readonly version: Version;
  /** For example `/emqx.exhook.v3.HookProvider/OnClientConnect`. */
  readonly path: string;
  /** Full name of the request, for example `emqx.exhook.v3.ClientConnectRequest`. */
  readonly request: string;
  readonly read: Read;
  /** Full name of the response. */
  readonly response: string;
  readonly write: Write;
  /** Converts a request to the shape of version 3. */
  lift(request: object): unknown;
}

const identity = (request: object): unknown => request;

function rpcsOf(protocol: Protocol): Rpc[] {
  const { version, service, lifts, names } = protocol;
  return hookNames.flatMap((hook) => {
    if (protocol.lacks.includes(hook)) return [];
    const name = names[hook]?.rpc ?? `On${hook.split('.').map(capitalize).join('')}`;
    const method = service.methods[name];
    if (method === undefined) throw new Error(`${service.package} has no ${name}`);
    return {
      hook,
      version,
      path: `/${serviceNameOf(protocol)}/${name}`,
      request: `${service.package}.${method.request}`,
      read: method.read,
      response: `${service.package}.${method.response}`,
      write: method.write,
      lift: (lifts[hook] as Rpc['lift'] | undefined) ?? identity,
    };
  });
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function serviceNameOf({ service }: Protocol): string {
  return `${service.package}.${SERVICE}`;
}

/** Full names of the services, one per version. */
export const serviceNames: readonly string[] = protocols.map(serviceNameOf);

/** All 64 RPCs: 22 of version 3, 21 of each before it. */
export const rpcs: readonly Rpc[] = protocols.flatMap(rpcsOf);

const byPath: ReadonlyMap<string, Rpc> = new Map(rpcs.map((rpc) => [rpc.path, rpc]));

/** Returns the RPC at a path, or `undefined`. */
export function findRpc(path: string): Rpc | undefined {
  return byPath.get(path);
}

/** Reports whether a version has a hook. */
export function isHookIn(version: Version, hook: HookName): boolean {
  return protocols.some((protocol) => protocol.version === version && !protocol.lacks.includes(hook));
}

/** Returns a version's name for a hook, as in `HookSpec.name`. */
export function hookNameIn(version: Version, hook: string): string {
  const protocol = protocols.find((candidate) => candidate.version === version);
  return protocol?.names[hook as HookName]?.hook ?? hook;
}
