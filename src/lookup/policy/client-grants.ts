/**
 * Finds what connected clients were granted at login: in memory, from their names, or from a token in the
 * user name.
 */

import type { Lookup, LookupContext } from '../../core/runtime.ts';
import { KEEP_GRANT, OTHERWISE } from '../../policy/login/authenticate.ts';
import type { Granted, Known } from '../../policy/policy.ts';
import { GRANTS, mayBeToken } from '../../policy/topics/authorize-action.ts';
import type { Decision, Grant } from '../../protocol/schema/decision.ts';
import { compileGrant, NOTHING } from '../grants/store.ts';
import { type MethodSection, methodOf } from '../sections/authenticate-methods.ts';
import type { OpenedMethod } from './methods.ts';
import type { PolicyConfig, PolicyWorld } from './open-policy.ts';

export interface ClientGrants {
  /** Whether a user name may be a token. */
  readonly hasUsernameTokens: boolean;
  /** Whether other instances have grants that are not in memory here. */
  readonly areShared: boolean;
  /** The methods whose grants are shared with other instances before the login is answered. */
  readonly keptBefore: ReadonlySet<string>;
  /** Returns at once; `undefined` when the client is unknown. */
  find(client: Known): Granted | undefined;
  /** Answers to the questions `GRANTS` and `KEEP_GRANT`. */
  readonly lookups: Readonly<Record<string, Lookup>>;
  /** Remembers the grant of a login that a method has decided. */
  decided(client: Known, decision: Decision): void;
}

export function createClientGrants(
  authenticate: PolicyConfig['authenticate'],
  methods: readonly OpenedMethod[],
  { grants }: PolicyWorld,
): ClientGrants {
  const { shared } = grants;
  const named = letsOthersIn(authenticate) ? [] : namedMethods(methods);
  const tokens = methods.filter(({ section }) => isNamedByToken(section));
  const namesOf = (some: readonly OpenedMethod[]) => some.map(({ name }) => name);
  // What follows from names alone is evaluated at each topic check: changes of a users file apply at once.
  const recalled = new Set(namesOf(named));
  const retold = new Set([...recalled, ...namesOf(tokens)]);
  const keptBefore = new Set(shared && [...namesOf(methods), OTHERWISE].filter((name) => !retold.has(name)));

  async function load(client: Known, context: LookupContext): Promise<Granted | undefined> {
    const grant = mayBeToken(client.username)
      ? await grantOfToken(tokens, client, context.signal)
      : undefined;
    if (grant === undefined) return await shared?.load(client, context);
    grants.save(client, grant);
    return compileGrant(grant);
  }

  return {
    hasUsernameTokens: tokens.length > 0,
    areShared: shared !== undefined,
    keptBefore,
    find(client) {
      const found = grants.find(client);
      return found === undefined || found === NOTHING ? (recall(named, client) ?? found) : found;
    },
    lookups: {
      [GRANTS]: (question, context) => load(question.client as Known, context),
      ...(shared && {
        [KEEP_GRANT]: (question, context) =>
          shared.keep(question.client as Known, question.grant as Grant | undefined, context),
      }),
    },
    decided(client, { verdict, by, grant }) {
      // A client without a grant may have been admitted elsewhere under the same names: drop the old grant.
      if (verdict !== 'allow' && letsOthersIn(authenticate)) grants.save(client, undefined);
      if (verdict !== 'allow' || keptBefore.has(by)) return;
      grants.save(client, recalled.has(by) ? undefined : grant);
    },
  };
}

function isNamedByToken(section: MethodSection): boolean {
  const { method, options } = methodOf(section);
  return method.tokenIn?.(options) === 'username';
}

/**
 * Reports whether clients may be connected under names that no method has checked: then names prove nothing.
 */
function letsOthersIn(authenticate: PolicyConfig['authenticate']): boolean {
  return authenticate?.mode === 'shadow' || ['allow', 'ignore'].includes(authenticate?.onError ?? '');
}

/**
 * Returns the methods before the first one that needs a token or a service: they can decide from the names of
 * a connected client.
 */
function namedMethods(methods: readonly OpenedMethod[]): readonly OpenedMethod[] {
  const end = methods.findIndex(
    ({ method, open }) => method.judge === undefined && open?.recall === undefined,
  );
  return end === -1 ? methods : methods.slice(0, end);
}

/** Returns the grant that follows from the client's names; `undefined` when none does. */
function recall(methods: readonly OpenedMethod[], client: Known): Granted | undefined {
  for (const { method, open } of methods) {
    const answer = open?.recall?.(client) ?? method.judge?.(loginOf(client));
    if (answer?.result === 'allow') return answer.grant ? compileGrant(answer.grant) : NOTHING;
  }
  return undefined;
}

async function grantOfToken(
  methods: readonly OpenedMethod[],
  client: Known,
  signal: AbortSignal,
): Promise<Grant | undefined> {
  for (const { open } of methods) {
    const answer = await open?.look(loginOf(client), { signal });
    if (answer?.result === 'allow') return answer.grant ?? { tags: {} };
  }
  return undefined;
}

/** Builds a login from a connected client, of which only the names are known. */
function loginOf(client: Known) {
  return { ...client, password: '', protocol: '', mountpoint: '' };
}
