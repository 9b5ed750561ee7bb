/** The facts of this server's configuration that the checks need. */
import { type RegisteredHook, registeredHooks } from '../config/hook-list.ts';
import type { Config } from '../config/schema.ts';
import type { Admin } from '../config/sections/admin.ts';
import type { RouteSection as Route } from '../config/sections/routes.ts';
import { methodOf } from '../lookup/sections/authenticate-methods.ts';
import type { IngressSupport } from '../policy/ingress.ts';
import type { HookName } from '../protocol/schema/hook-name.ts';

export interface OwnFacts {
  readonly port: number;
  readonly isTls: boolean;
  /** Whether brokers must present a certificate. */
  readonly wantsCertificate: boolean;
  /** The page where this server lists the nodes that call it. */
  readonly admin?: Admin | undefined;
  readonly hooks: readonly RegisteredHook[];
  /** Whether answers of this server are enforced, not only logged. */
  readonly decidesLogins: boolean;
  readonly decidesTopics: boolean;
  /** What may admit a client without a password, such as `authenticate.methods[0].anonymous`. Unset if nothing does. */
  readonly admitsWithoutPassword?: string | undefined;
  /** Where message rules apply. Unset if there are none, or in shadow mode. */
  readonly judgesMessagesAt?: 'publish' | 'ingress' | 'auto' | undefined;
  /** Whether message.ingress may have to refuse a message because its event could not be stored safely. */
  readonly withholdsAcknowledgements?: boolean | undefined;
  /** Which brokers are asked for message.ingress. Unset without message rules. */
  readonly ingress?: IngressSupport | undefined;
  /** Durations in milliseconds. */
  readonly bodyTimeout: number;
  readonly drainTimeout: number;
  /** The share of the broker's timeout after which the answer is sent. */
  readonly deadlineFraction: number;
  /** The longest time a login may wait for a service that a policy asks, and the name of that limit. */
  readonly slowest: { readonly what: string; readonly timeout: number } | undefined;
}

/** @param custom names of the hooks that your own module answers. */
export function ownFacts(config: Config, custom: readonly HookName[]): OwnFacts {
  const { listen, limits, drain, authenticate, authorize, publish } = config;
  return {
    port: listen.port,
    isTls: listen.tls !== undefined,
    wantsCertificate: listen.tls?.clientCa !== undefined,
    admin: config.admin,
    hooks: registeredHooks(config, custom),
    decidesLogins: decides(authenticate) || custom.includes('client.authenticate'),
    decidesTopics: decides(authorize) || custom.includes('client.authorize'),
    admitsWithoutPassword: withoutPassword(authenticate, custom),
    judgesMessagesAt: decides(publish) ? publish?.at : undefined,
    withholdsAcknowledgements: config.events.routes.some(withholds),
    ingress: publish?.ingress,
    bodyTimeout: limits.bodyTimeout,
    drainTimeout: drain.timeout,
    deadlineFraction: limits.deadlineFraction,
    slowest: slowestOf(authenticate?.methods ?? []),
  };
}

function withholds({ hooks, delivery, onFailure = 'error' }: Route): boolean {
  return (
    delivery === 'before-reply' &&
    hooks.includes('message.ingress') &&
    (onFailure === 'error' || onFailure === 'disconnect')
  );
}

/** Whether an answer of message.ingress, or a missing answer, stops a message. */
export function decidesAtIngress(own: OwnFacts | undefined): boolean {
  const at = own?.judgesMessagesAt ?? 'publish';
  return at !== 'publish' || own?.withholdsAcknowledgements === true;
}

function decides(policy: { readonly mode: string } | undefined): boolean {
  return policy !== undefined && policy.mode !== 'shadow';
}

function withoutPassword(
  authenticate: Config['authenticate'],
  custom: readonly HookName[],
): string | undefined {
  if (custom.includes('client.authenticate')) return 'your own hook (hooks.custom)';
  const { methods = [], otherwise } = authenticate ?? {};
  for (const [i, section] of methods.entries()) {
    const { method, options } = methodOf(section);
    if (method.needsNoPassword?.(options)) return `authenticate.methods[${i}].${method.name}`;
  }
  return otherwise === 'allow' ? 'authenticate.otherwise: allow' : undefined;
}

type Methods = NonNullable<Config['authenticate']>['methods'];

function slowestOf(methods: Methods): OwnFacts['slowest'] {
  const waits = methods.flatMap((section, i) => {
    const { method, options } = methodOf(section);
    const wait = method.waits?.(options);
    if (wait === undefined) return [];
    return [{ what: `authenticate.methods[${i}].${method.name}.${wait.key}`, timeout: wait.timeout }];
  });
  return waits.sort((a, b) => b.timeout - a.timeout)[0];
}
