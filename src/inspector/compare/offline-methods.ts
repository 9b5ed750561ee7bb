/**
 * Runs the login methods offline. Services are not asked about past logins, and recordings have no passwords.
 * A method that cannot decide records a gap and passes, so the next ones run: the result of a call depends
 * exactly on its gaps and its final effect.
 */
import type { Config } from '../../config/schema.ts';
import type { Lookup } from '../../core/runtime.ts';
import { type MethodSection, methodOf, nameMethods } from '../../lookup/sections/authenticate-methods.ts';
import { LIMITER, questionKind } from '../../policy/login/authenticate.ts';
import type { Login, MethodAnswer } from '../../policy/policy.ts';
import { mayBeToken } from '../../policy/topics/authorize-action.ts';
import { HIDDEN_TOKEN } from '../../protocol/schema/token.ts';
import { REDACTED } from '../../protocol/wire/recording.ts';
import { contentOf } from './content-of.ts';
import type { Gaps } from './gaps.ts';
import { openOfflineUsers } from './offline-users.ts';

type Lookups = Readonly<Record<string, Lookup>>;

/** @param lookups of the opened policy, for methods that can decide. */
export async function openOfflineMethods(
  { authenticate }: Pick<Config, 'authenticate'>,
  lookups: Lookups,
  gaps: Gaps,
): Promise<Lookups> {
  const sections = authenticate?.methods ?? [];
  const opened: Record<string, Lookup> = {
    // Past attempts are not limited again.
    [LIMITER]: () => undefined,
  };
  for (const [i, { name }] of nameMethods(sections).entries()) {
    const kind = questionKind(name);
    const section = sections[i];
    const lookup = lookups[kind];
    if (section !== undefined && lookup !== undefined)
      opened[kind] = await openMethod(name, section, lookup, gaps);
  }
  return opened;
}

async function openMethod(name: string, section: MethodSection, lookup: Lookup, gaps: Gaps): Promise<Lookup> {
  if (section.users !== undefined) return await openOfflineUsers(name, section.users, gaps);
  const missing = missingOf(section);
  if (missing === undefined) return lookup;
  const { name: _, ...rest } = section;
  const signature = await contentOf(rest);
  const unknown: MethodAnswer = { result: 'unknown' };
  return (question, context) => {
    const needs = missing(question.client as Login);
    if (needs === undefined) return lookup(question, context);
    gaps.add({ needs: `${name}: ${needs}`, signature });
    return unknown;
  };
}

type Missing = 'needs the password' | 'needs the token' | 'asks a service';

/** Returns what a recording lacks for a login by this method; nothing when it can decide. */
function missingOf(section: MethodSection): ((client: Login) => Missing | undefined) | undefined {
  const { method, options } = methodOf(section);
  const asks = method.asksService?.(options) ? 'asks a service' : undefined;
  const field = method.tokenIn?.(options);
  if (field === undefined) return asks && (() => asks);
  const [hidden, needs] = hiddenTokens[field];
  return ({ [field]: token }) => (token === hidden ? needs : mayBeToken(token) ? asks : undefined);
}

/** How a recording hides a token, and what a login needs then. */
const hiddenTokens = {
  password: [REDACTED, 'needs the password'],
  username: [HIDDEN_TOKEN, 'needs the token'],
} as const;
