/** Responses of EMQX's REST API, limited to the fields that are used. Releases add fields and leave some out. */
import * as z from 'zod';
import type { HookList } from '../policy/hook-lists.ts';

export const Node = z.object({
  node: z.string(),
  node_status: z.string().optional(),
  /** Absent for a node that is not running. */
  version: z.string().optional(),
});
export type Node = z.output<typeof Node>;

const Hook = z.object({
  name: z.string(),
  params: z.object({ topics: z.array(z.string()).optional() }).catch({}),
  metrics: z.object({ succeed: z.number(), failed: z.number() }).optional().catch(undefined),
});
export type Hook = z.output<typeof Hook>;

export const Server = z.object({
  name: z.string(),
  enable: z.boolean().catch(true),
  url: z.string(),
  /** As configured: `5s`, or milliseconds. */
  request_timeout: z.union([z.string(), z.number()]).optional(),
  failed_action: z.string().catch('deny'),
  auto_reconnect: z.union([z.string(), z.number(), z.boolean()]).optional(),
  pool_size: z.number().optional(),
  ssl: z
    .object({ enable: z.boolean().optional(), verify: z.string().optional() })
    .optional()
    .catch(undefined),
  node_status: z.array(z.object({ node: z.string(), status: z.string() })).catch([]),
  hooks: z.array(Hook).catch([]),
});
export type Server = z.output<typeof Server>;

export const Source = z.object({
  type: z.string(),
  enable: z.boolean().catch(true),
  /** The text of an ACL file. */
  rules: z.string().optional(),
});
export type Source = z.output<typeof Source>;

/** EMQX 5.0 returns the list itself. */
export const Sources = z.union([
  z.object({ sources: z.array(Source) }).transform(({ sources }) => sources),
  z.array(Source),
]);

export const AuthorizationSettings = z.object({
  no_match: z.string(),
  deny_action: z.string().optional(),
  cache: z.object({ enable: z.boolean(), ttl: z.union([z.string(), z.number()]).optional() }).optional(),
});
export type AuthorizationSettings = z.output<typeof AuthorizationSettings>;

export const Authenticator = z.object({
  id: z.string(),
  mechanism: z.string(),
  backend: z.string().optional(),
  enable: z.boolean().catch(true),
  /** The condition under which the authenticator is asked; from 5.9 on. */
  precondition: z.string().optional().catch(undefined),
});
export type Authenticator = z.output<typeof Authenticator>;

export const Nodes = z.array(Node);
export type Nodes = z.output<typeof Nodes>;
export const Servers = z.array(Server);
export const Hooks = z.array(Hook);
export const Authenticators = z.array(Authenticator);
export const Users = z.object({ data: z.array(z.unknown()) });

/** Whether a node reports a connection to this server: releases use either word. */
export function isConnected({ status }: { readonly status: string }): boolean {
  return status === 'connected' || status === 'running';
}

/** The list of hooks that a broker reports, in a form to compare. */
export function listOf(hooks: readonly Hook[]): HookList {
  return hooks.map(({ name, params }) => ({ name, topics: params.topics ?? [] }));
}
