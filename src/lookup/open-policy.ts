/** From the configuration to a policy that can be asked: opens files, keys and services, and keeps them fresh. */
import { createHash } from 'node:crypto';
import { formatPath } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import {
  isNameTemplate,
  type MethodSection,
  nameMethods,
  nameTemplateNames,
} from '../config/sections/authenticate-methods.ts';
import { EVERYTHING } from '../config/sections/authorize.ts';
import { allowsEverything } from '../policy/allows-everything.ts';
import { LIMITER, type LimiterAnswer, questionKind } from '../policy/authenticate.ts';
import { compileRules } from '../policy/authorize.ts';
import { GRANTS } from '../policy/authorize-action.ts';
import { anonymousMethod, certificateMethod, type NameConditions } from '../policy/names-methods.ts';
import type {
  AuthenticatePolicy,
  AuthorizePolicy,
  Granted,
  Known,
  Login,
  Method,
  MethodAnswer,
} from '../policy/policy.ts';
import type { Rule, TextCondition } from '../policy/rule.ts';
import { parseTags, type Tags } from '../policy/tags.ts';
import { compileText } from '../policy/text-template.ts';
import type { Decision, Grant } from '../schema/decision.ts';
import type { Lookup } from '../shell.ts';
import { AclFileError, openAclFiles } from './acl-files.ts';
import { type Cache, createCache } from './cache.ts';
import { withSignal } from './deadline.ts';
import { createGate, type Gate } from './gate.ts';
import { compileGrant, type GrantStore } from './grant-store.ts';
import { holdUp } from './hold-up.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import { type MethodWorld, type OpenMethod, openHttp, openJwt, openUsers } from './login-methods.ts';
import { UserFileError } from './users/store.ts';

export type PolicyConfig = Pick<Config, 'authenticate' | 'authorize'>;

export interface PolicyWorld extends Omit<MethodWorld, 'gate' | 'onChange'> {
  /** Outlives a reload: who is connected stays connected. */
  readonly grants: GrantStore;
  /** The policy has another state: its `policies` are to be read again. */
  readonly onChange: () => void;
}

/** Everything that is wrong with a policy's files, keys and services; each with its place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export interface OpenPolicy {
  /** As they are now; read again after `onChange`. */
  readonly policies: {
    readonly revision: string;
    readonly authenticate?: AuthenticatePolicy | undefined;
    readonly authorize?: AuthorizePolicy | undefined;
  };
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** The rules in force, sources included: for `exhook explain` and `exhook test`. */
  readonly rules: readonly Rule[];
  readonly warnings: readonly string[];
  /** Plain numbers, for metrics. */
  readonly counters: PolicyCounters;
  /** A login was decided: counts it, and remembers what the client was granted. */
  loginDecided(client: Known, decision: Decision): void;
  close(): void;
}

export interface PolicyCounters {
  readonly cache: Cache<unknown>['stats'] | undefined;
  readonly limiter: { readonly passed: number; readonly delayed: number; readonly refused: number };
  /** Clients whose grants are remembered. */
  readonly granted: number;
  readonly hashing: { readonly working: number; readonly waiting: number };
}

/** As many as the thread pool has threads; more would only wait inside it. */
const HASHES_AT_ONCE = Number(process.env.UV_THREADPOOL_SIZE) || 4;
/** A storm of reconnects; each waiter gives up at its own deadline. */
const HASHES_WAITING = 4096;

interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly method: Method;
  readonly open: OpenMethod | undefined;
}

/** @throws PolicyError */
export async function openPolicy(config: PolicyConfig, world: PolicyWorld): Promise<OpenPolicy> {
  const gate = createGate({ concurrency: HASHES_AT_ONCE, maxWaiting: HASHES_WAITING });
  const { authenticate, authorize } = config;
  const cache = authenticate?.cache && createLoginCache(authenticate.cache, world);
  let changes = 0;
  const changed = (): void => {
    changes++;
    cache?.clear();
    build();
    world.onChange();
  };

  const problems: string[] = [];
  const methods = await openMethods(
    authenticate?.methods ?? [],
    { ...world, gate, onChange: changed },
    problems,
  );
  let rules: readonly Rule[] = authorize?.rules ?? [];
  const files = await openSources();
  if (problems.length > 0) {
    for (const { open } of methods) open?.close();
    files?.close();
    throw new PolicyError(problems);
  }

  /** Policy and files judged as one. */
  function acceptRules(fromFiles: readonly Rule[]): void {
    if (authorize === undefined) return;
    const all = [...authorize.rules, ...fromFiles];
    if (!authorize.iKnowThisAllowsEveryone && allowsEverything(all, authorize.otherwise))
      throw new TypeError(`authorize: ${EVERYTHING}`);
    rules = all;
  }

  async function openSources() {
    if (authorize === undefined) return undefined;
    try {
      const opened = await openAclFiles(authorize.sources, {
        isWatched: !world.isDry,
        onChange(fromFiles, path) {
          acceptRules(fromFiles);
          world.log.info(`${path} has changed and was read again`);
          changed();
        },
        onProblem: (message) => world.log.error(`${message}; the rules read before stay in force`),
      });
      try {
        acceptRules(opened.rules);
      } catch (error) {
        problems.push((error as Error).message);
      }
      return opened;
    } catch (error) {
      if (!(error instanceof AclFileError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  }

  const limiter = authenticate?.limiter && createLimiter(limiterOptions(authenticate.limiter, world));
  const limited = { passed: 0, delayed: 0, refused: 0 };
  const early = authenticate?.onError === 'allow' ? [] : recallable(methods);
  const usernameTokens = methods.filter((_, i) => authenticate?.methods[i]?.jwt?.from === 'username');
  const isShadow = authenticate?.mode === 'shadow';

  const grantsOf = (client: Known): Granted | undefined =>
    world.grants.find(client.node, client.clientid) ?? recall(early, client);

  let policies: OpenPolicy['policies'];
  function build(): void {
    policies = {
      revision: `${changes + 1}-${fingerprint(config, rules)}`,
      ...(authenticate && {
        authenticate: {
          methods: methods.map(({ method }) => method),
          isLimited: limiter !== undefined,
          otherwise: authenticate.otherwise,
          mode: authenticate.mode,
        },
      }),
      ...(authorize && {
        authorize: {
          judge: compileRules(rules),
          grantsOrder: authorize.grants.order,
          otherwise: authorize.otherwise,
          mode: authorize.mode,
          ...(authenticate && { grantsOf, hasUsernameTokens: usernameTokens.length > 0 }),
        },
      }),
    };
  }
  build();

  const lookups: Record<string, Lookup> = {};
  for (const { name, open } of methods) {
    if (open !== undefined) lookups[questionKind(name)] = methodLookup(name, open, cache);
  }
  if (limiter !== undefined) {
    lookups[LIMITER] = async (question, { signal }): Promise<LimiterAnswer> => {
      const verdict = limiter.check(question.client as Login);
      if (verdict.action === 'pass') limited.passed++;
      if (verdict.action === 'refuse') {
        limited.refused++;
        return { refusedBy: verdict.by };
      }
      if (verdict.action === 'delay') {
        limited.delayed++;
        // Shadow mode is not felt by clients.
        if (!isShadow) await holdUp(verdict.ms, signal);
      }
      return undefined;
    };
  }
  lookups[GRANTS] = async (question, { signal }) => {
    const client = question.client as Known;
    const grant = await grantOfToken(usernameTokens, client, signal);
    if (grant === undefined) return undefined;
    world.grants.save(client.node, client.clientid, grant);
    return compileGrant(grant);
  };

  return {
    get policies() {
      return policies;
    },
    get rules() {
      return rules;
    },
    lookups,
    warnings: [...warningsOf(config), ...methods.flatMap(methodWarnings)],
    counters: countersOf(cache, limited, world.grants, gate),
    loginDecided(client, decision) {
      if (decision.by === 'limiter' || decision.by === 'onError') return;
      count(limiter, client, decision);
      if (decision.verdict !== 'allow') return;
      // What names alone tell is told again at each topic check, so that changes of a users file count at once.
      const isRecalled = early.some(({ name }) => name === decision.by);
      world.grants.save(client.node, client.clientid, isRecalled ? undefined : decision.grant);
    },
    close() {
      for (const { open } of methods) open?.close();
      files?.close();
    },
  };
}

async function openMethods(
  sections: readonly MethodSection[],
  world: MethodWorld,
  problems: string[],
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const names = nameMethods(sections);
  for (const [i, section] of sections.entries()) {
    const { kind, name } = names[i] as (typeof names)[number];
    try {
      entries.push({ kind, name, ...(await openMethod(name, section, world)) });
    } catch (error) {
      problems.push(...describeProblem(error, ['authenticate', 'methods', i, kind]));
    }
  }
  return entries;
}

/** Only texts of ours: what a library says may quote a key. */
function describeProblem(error: unknown, path: readonly PropertyKey[]): readonly string[] {
  if (error instanceof UserFileError) return error.message.split('\n');
  const { code } = error as NodeJS.ErrnoException;
  const message =
    error instanceof TypeError ? error.message : `cannot be opened (${code ?? 'unknown error'})`;
  return [`${formatPath(path)}: ${message}`];
}

async function openMethod(
  name: string,
  section: MethodSection,
  world: MethodWorld,
): Promise<Pick<Entry, 'method' | 'open'>> {
  const asked = (open: OpenMethod) => ({ method: { name }, open });
  if (section.users !== undefined) return asked(await openUsers(section.users, world));
  if (section.jwt !== undefined) return asked(await openJwt(section.jwt, world));
  if (section.http !== undefined) return asked(await openHttp(section.http, world));
  if (section.certificate !== undefined) {
    const { commonName, subject, tags } = section.certificate;
    const options = { name, commonName: compileNames(commonName), subject: compileNames(subject) };
    return { method: certificateMethod({ ...options, tags: tagsOf(tags) }), open: undefined };
  }
  const { who, tags } = section.anonymous ?? {};
  return { method: anonymousMethod({ name, who, tags: tagsOf(tags) }), open: undefined };
}

function tagsOf(tags: unknown): Tags {
  return parseTags(tags) ?? {};
}

function compileNames(
  conditions: TextCondition | readonly TextCondition[] | undefined,
): NameConditions | undefined {
  if (conditions === undefined) return undefined;
  return ([conditions].flat() as TextCondition[]).map((condition) =>
    isNameTemplate(condition) ? compileText(condition, nameTemplateNames) : condition,
  );
}

type LoginCache = Cache<MethodAnswer>;

function createLoginCache(
  { ttl, negativeTtl, jitter, max }: NonNullable<NonNullable<Config['authenticate']>['cache']>,
  { now, random }: PolicyWorld,
): LoginCache {
  return createCache<MethodAnswer>({
    ttl,
    negativeTtl,
    jitter,
    max,
    isPositive: ({ result }) => result === 'allow',
    expiresAt: (answer) => (answer.result === 'allow' ? answer.grant?.expiresAt : undefined),
    now,
    random,
  });
}

function limiterOptions(
  limiter: NonNullable<NonNullable<Config['authenticate']>['limiter']>,
  { now }: PolicyWorld,
): Parameters<typeof createLimiter>[0] {
  const { perClientId, perAddress, ...rest } = limiter;
  return { ...rest, ...(perClientId && { perClientId }), ...(perAddress && { perAddress }), now };
}

function methodLookup(name: string, open: OpenMethod, cache: LoginCache | undefined): Lookup {
  return (question, { signal }) => {
    const client = question.client as Login;
    if (cache === undefined || !open.isCacheable) return open.look(client, signal);
    const { username, clientid, password, peerhost, cn, dn, protocol, mountpoint } = client;
    const parts = [name, username, clientid, password, peerhost, cn, dn, protocol, mountpoint];
    // Others may wait for the same answer: it does not end with the patience of the first.
    return withSignal(
      cache.get(parts, () => open.look(client, undefined)),
      signal,
    );
  };
}

/** The methods up to the first that must see a token or ask a service: of a connected client, its names tell who it is. */
function recallable(methods: readonly Entry[]): readonly Entry[] {
  const end = methods.findIndex(
    ({ method, open }) => method.judge === undefined && open?.recall === undefined,
  );
  return end === -1 ? methods : methods.slice(0, end);
}

function recall(methods: readonly Entry[], client: Known): Granted | undefined {
  for (const { method, open } of methods) {
    const answer =
      open?.recall?.(client) ?? method.judge?.({ ...client, password: '', protocol: '', mountpoint: '' });
    if (answer?.result === 'allow') return answer.grant && compileGrant(answer.grant);
  }
  return undefined;
}

async function grantOfToken(
  methods: readonly Entry[],
  client: Known,
  signal: AbortSignal,
): Promise<Grant | undefined> {
  for (const { open } of methods) {
    const answer = await open?.look({ ...client, password: '', protocol: '', mountpoint: '' }, signal);
    if (answer?.result === 'allow') return answer.grant;
  }
  return undefined;
}

function count(limiter: Limiter | undefined, client: Known, { verdict }: Decision): void {
  if (verdict === 'allow') limiter?.succeed(client);
  if (verdict === 'deny') limiter?.fail(client);
}

function countersOf(
  cache: LoginCache | undefined,
  limiter: PolicyCounters['limiter'],
  grants: GrantStore,
  gate: Gate,
): PolicyCounters {
  return {
    get cache() {
      return cache?.stats;
    },
    limiter,
    get granted() {
      return grants.size;
    },
    get hashing() {
      return { working: gate.working, waiting: gate.waiting };
    },
  };
}

/** Without what may be a secret: a short fingerprint of a weak one could be guessed. */
function fingerprint({ authenticate, authorize }: PolicyConfig, rules: readonly Rule[]): string {
  const hidden = ['secret', 'headers', 'list'];
  const text = JSON.stringify({ authenticate, authorize, rules }, (key, value) =>
    hidden.includes(key) ? undefined : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

const BEFORE_5_9 = 'EMQX 5.0 to 5.8 refuses such clients unless an authenticator of its own admits them';
const SINCE_5_9 = 'EMQX since 5.9 admits them if it has no authenticator';

function* warnings({ authenticate, authorize }: PolicyConfig): Iterable<string> {
  if (authenticate?.mode === 'shadow')
    yield `authenticate.mode: shadow leaves logins to the broker: ${BEFORE_5_9}; ${SINCE_5_9}`;
  if (authenticate?.otherwise === 'ignore')
    yield `authenticate.otherwise: ignore leaves clients that no method recognises to the broker: ${BEFORE_5_9}; ${SINCE_5_9}`;
  if (authenticate?.onError === 'ignore')
    yield `authenticate.onError: ignore leaves logins that cannot be decided to the broker: ${BEFORE_5_9}; ${SINCE_5_9}`;
  if (authenticate?.onError === 'allow')
    yield 'authenticate.onError: allow admits everybody while a service is down';
  if (authenticate?.iKnowThisAllowsEveryone)
    yield 'authenticate.iKnowThisAllowsEveryone: the policy may admit every client';
  if (authorize?.otherwise === 'ignore')
    yield "authorize.otherwise: ignore keeps the broker's own result where no rule is hit: set authorization.no_match = deny there";
  if (authorize?.onError === 'allow')
    yield 'authorize.onError: allow allows every topic while something fails here';
  if (authorize?.iKnowThisAllowsEveryone)
    yield 'authorize.iKnowThisAllowsEveryone: the policy may allow every topic to everyone';
  if (authorize !== undefined && authenticate === undefined && asksForTags(authorize.rules))
    yield 'authorize.rules ask for tags, which only logins decided here bring: configure authenticate';
}

const warningsOf = (config: PolicyConfig): string[] => [...warnings(config)];

function asksForTags(rules: readonly Rule[]): boolean {
  return JSON.stringify(rules).includes('"tag"') || JSON.stringify(rules).includes('${tag.');
}

function methodWarnings({ name, open }: Entry): string[] {
  return (open?.warnings ?? []).map((warning) => `authenticate method ${name}: ${warning}`);
}
