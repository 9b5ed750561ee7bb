/** The shell of the server, and the policies in it: replaced as a whole, between two calls, when they change. */
import { randomUUID } from 'node:crypto';
import { registeredHooks } from './config/hook-list.ts';
import type { Config } from './config/schema.ts';
import { replaceHooks } from './custom-hooks.ts';
import type { Outbox } from './events/outbox.ts';
import { createStamp } from './events/stamp.ts';
import type { AnyHook, HookTable, Outcome } from './hook.ts';
import { hooks as builtInHooks } from './hooks/index.ts';
import type { OpenPolicy, PolicyCounters, PolicyWorld } from './lookup/open-policy.ts';
import type { HookInput } from './schema/requests.ts';
import type { Lookup, Shell } from './shell.ts';
import { createDecisionLog, type DecisionLog } from './telemetry/decision-log.ts';
import { createFailureLog } from './telemetry/failure-log.ts';
import type { Logger } from './telemetry/log.ts';
import { createRateLimit } from './telemetry/rate-limit.ts';
import type { Rpc } from './wire/rpc.ts';

export interface LiveShellOptions {
  readonly hooks: readonly AnyHook[];
  readonly lookups: Readonly<Record<string, Lookup>>;
  readonly outbox: Pick<Outbox, 'push'>;
  readonly log: Logger;
  /** Where secrets may be. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface LiveShell {
  /** The shell for the next call. */
  current(): Shell;
  /**
   * Puts the policies and the decision log of a configuration in the place of the old ones.
   *
   * @throws PolicyError when they cannot be used: the old ones stay.
   */
  replace(config: Config): Promise<void>;
  /** What is in force. */
  readonly config: Config;
  readonly counters: LiveCounters;
  close(): void;
}

/** Plain numbers, for metrics. */
export interface LiveCounters {
  /** Verdicts by hook: `client.authorize` -> `deny` -> 3. */
  readonly verdicts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly policy: PolicyCounters | undefined;
}

/** Calls that asked the old policy are long answered, in milliseconds. */
const CLOSE_AFTER = 60_000;

/** @throws PolicyError, or Error when a policy and a custom hook want to answer the same call. */
export async function openLiveShell(first: Config, options: LiveShellOptions): Promise<LiveShell> {
  const { log, hooks: custom, outbox } = options;
  const stamp = createStamp({ now: Date.now, newId: randomUUID });
  const logFailure = createFailureLog(log, createRateLimit({ perSecond: 1 }));
  const logNote = createRateLimit({ perSecond: 1 });
  const verdicts: Record<string, Record<string, number>> = {};
  const opener = createPolicyOpener(first, options, (changed) => {
    if (changed === policy) shell = build();
  });
  let hasWarnedOfIgnore = false;

  let config = first;
  let logDecision: DecisionLog = createDecisionLog(log, config.decisions);
  let policy = await opener(config);
  let shell = build();

  function build(): Shell {
    const { revision, authenticate, authorize } = policy?.policies ?? {};
    const names = custom.map(({ name }) => name);
    const hooks = registeredHooks(config, names).map(({ name, topics }) => ({ name, topics: [...topics] }));
    return {
      hooks: replaceHooks(withOnError(builtInHooks, config), custom),
      policy: { hooks, revision, authenticate, authorize },
      lookups: { ...policy?.lookups, ...options.lookups },
      decided(rpc, input, outcome, since) {
        const { events, decision } = outcome;
        if (events !== undefined) for (const event of events) outbox.push(stamp(event, input));
        if (decision !== undefined) decided(rpc, input, outcome, since);
      },
      failed(rpc, failure) {
        logFailure(rpc, failure);
        return failure;
      },
    };
  }

  function decided(rpc: Rpc, input: HookInput, { decision, reply }: Outcome, since: number): void {
    if (decision === undefined) return;
    const { clientinfo } = input as HookInput<'client.authenticate'>;
    verdicts[rpc.hook] ??= {};
    const counts = verdicts[rpc.hook] as Record<string, number>;
    counts[decision.verdict] = (counts[decision.verdict] ?? 0) + 1;
    if (rpc.hook === 'client.authenticate') {
      policy?.loginDecided(clientinfo, decision);
      if (reply.kind === 'ignore' && rpc.version === 'v2') warnOfIgnore();
    }
    for (const { variable, reason } of decision.notes ?? []) {
      logNote(`${variable} ${reason}`, (times) =>
        log.warn(
          { clientid: clientinfo.clientid, times },
          `rules with \${${variable}} were passed over: its value ${reason}`,
        ),
      );
    }
    logDecision(rpc, input, decision, shell.policy.revision, performance.now() - since);
  }

  function warnOfIgnore(): void {
    if (hasWarnedOfIgnore) return;
    hasWarnedOfIgnore = true;
    log.warn(
      'a login was left to a broker before 5.9, which refuses it unless an authenticator of its own admits the client',
    );
  }

  return {
    current: () => shell,
    get config() {
      return config;
    },
    async replace(next) {
      const opened = await opener(next);
      const before = { policy, hooks: JSON.stringify(shell.policy.hooks) };
      policy = opened;
      config = {
        ...config,
        authenticate: next.authenticate,
        authorize: next.authorize,
        decisions: next.decisions,
      };
      logDecision = createDecisionLog(log, config.decisions);
      shell = build();
      if (before.policy !== undefined) setTimeout(() => before.policy?.close(), CLOSE_AFTER).unref();
      if (before.hooks !== JSON.stringify(shell.policy.hooks))
        log.warn(
          'other hooks are needed now: disable and enable this server in the broker, which reads the list then',
        );
    },
    get counters() {
      return { verdicts, policy: policy?.counters };
    },
    close: () => policy?.close(),
  };
}

type Opener = (config: Config) => Promise<OpenPolicy | undefined>;

/** Loads what policies need only when there is one. What clients were granted outlives the policy that granted it. */
function createPolicyOpener(
  first: Config,
  { log, env, hooks }: LiveShellOptions,
  onChange: (policy: OpenPolicy | undefined) => void,
): Opener {
  let grants: PolicyWorld['grants'] | undefined;
  return async (config) => {
    if (config.authenticate === undefined && config.authorize === undefined) return undefined;
    const [{ openPolicy, PolicyError }, { createGrantStore }] = await Promise.all([
      import('./lookup/open-policy.ts'),
      import('./lookup/grant-store.ts'),
    ]);
    const conflicts = (['authenticate', 'authorize'] as const).filter(
      (part) => config[part] !== undefined && hooks.some(({ name }) => name === `client.${part}`),
    );
    if (conflicts.length > 0)
      throw new PolicyError(
        conflicts.map(
          (part) => `${part}: a custom hook answers client.${part} (hooks.custom); remove one of the two`,
        ),
      );
    const max = (first.authorize ?? config.authorize)?.grants.max ?? DEFAULT_GRANTS;
    grants ??= createGrantStore({ max, now: Date.now });
    const policy: OpenPolicy = await openPolicy(config, {
      env,
      log,
      grants,
      now: Date.now,
      random: Math.random,
      isDry: false,
      onChange: () => onChange(policy),
    });
    for (const warning of policy.warnings) log.warn(warning);
    return policy;
  };
}

const DEFAULT_GRANTS = 100_000;

/** What a hook answers when it fails here. In shadow mode, nothing that the broker would not have done itself. */
function withOnError(table: HookTable, { authenticate, authorize }: Config): HookTable {
  const onErrorOf = (part: typeof authenticate | typeof authorize) =>
    part?.mode === 'shadow' ? 'ignore' : part?.onError;
  const login = onErrorOf(authenticate);
  const topic = onErrorOf(authorize);
  return {
    ...table,
    ...(login && { 'client.authenticate': { ...table['client.authenticate'], onError: login } }),
    ...(topic && { 'client.authorize': { ...table['client.authorize'], onError: topic } }),
  };
}
