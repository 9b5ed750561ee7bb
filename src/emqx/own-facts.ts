/** What the checks must know of this server's configuration. */
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
  /** Whether brokers must show a certificate. */
  readonly wantsCertificate: boolean;
  /** Where this server tells which nodes call it. */
  readonly admin?: Admin | undefined;
  readonly hooks: readonly RegisteredHook[];
  /** Whether an answer of ours decides, and is not only logged. */
  readonly decidesLogins: boolean;
  readonly decidesTopics: boolean;
  /**
   * What may admit a client without a password, in words such as `authenticate.methods[0].anonymous`: nothing when none
   * does.
   */
  readonly admitsWithoutPassword?: string | undefined;
  /** Whether message rules judge, and where; nothing when there are none, or in shadow mode. */
  readonly judgesMessagesAt?: 'publish' | 'ingress' | 'auto' | undefined;
  /** Whether a message may have to be refused at message.ingress, since its event is not safe. */
  readonly withholdsAcknowledgements?: boolean | undefined;
  /** Which brokers are asked for message.ingress; nothing without message rules. */
  readonly ingress?: IngressSupport | undefined;
  /** Durations in milliseconds. */
  readonly bodyTimeout: number;
  readonly drainTimeout: number;
  /** The part of the broker's timeout after which the answer goes out. */
  readonly deadlineFraction: number;
  /** The longest that a login may wait for a service that a policy asks, with what it is. */
  readonly slowest: { readonly what: string; readonly timeout: number } | undefined;
}

/** @param custom names of the hooks that a module of the user's own answers. */
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

/** Whether an answer of message.ingress, or the lack of one, keeps a message from going on. */
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
  if (custom.includes('client.authenticate')) return 'a hook of your own (hooks.custom)';
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
