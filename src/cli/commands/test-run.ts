/** Runs one test of `exhook test` through the hooks, like a broker's call. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { callHook } from '../../app/testing.ts';
import { clientAuthenticate } from '../../core/hooks/client-authenticate.ts';
import { clientAuthorize } from '../../core/hooks/client-authorize.ts';
import type { Lookup } from '../../core/runtime.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import { readHttpAnswer } from '../../policy/login/auth-answer.ts';
import { questionKind } from '../../policy/login/authenticate.ts';
import { loginOfHttp } from '../../policy/login/logins.ts';
import { parseTags } from '../../policy/login/tags.ts';
import { parseGrants } from '../../policy/topics/grants.ts';
import type { Decision, Grant } from '../../protocol/schema/decision.ts';
import { Action } from '../../protocol/schema/requests.ts';
import type { PolicyTest } from './test-file.ts';
import { runMessage } from './test-messages.ts';

/** One expectation and its result. */
export interface Fact {
  readonly name: string;
  readonly expected: { readonly verdict: string; readonly by?: string | undefined };
  readonly got: { readonly verdict: string; readonly by: string; readonly reason: string };
  readonly isGood: boolean;
  /** Differences beyond the verdict. */
  readonly details?: readonly string[];
  /** The message rules that applied. */
  readonly rules?: readonly string[];
}

const NODE = 'exhook-test';

/** @param emqx release of the broker. Default: unknown. */
export async function runTest(
  test: PolicyTest,
  policy: OpenPolicy,
  file: string,
  emqx = '',
): Promise<Fact[]> {
  const { authenticate, authorize } = policy.policies;
  // The mode only affects the broker: the verdict is tested.
  const policies = {
    hooks: [],
    ...(authenticate && { authenticate: { ...authenticate, isLimited: false, mode: 'enforce' as const } }),
    ...(authorize && { authorize: { ...authorize, mode: 'enforce' as const } }),
  };
  const lookups = { ...policy.lookups, ...answersOf(test) };
  const { password: source, ...names } = test.client;
  const password =
    typeof source === 'string'
      ? source
      : (await readFile(resolve(dirname(file), source.file), 'utf8')).replace(/\r?\n$/, '');
  const clientinfo = { node: NODE, protocol: 'mqtt', ...names };
  const who = test.name ?? (names.username || names.clientid || 'a client without a name');
  const known = { ...clientinfo };
  const facts: Fact[] = [];

  policy.loginDecided(known, {
    verdict: 'allow',
    by: 'test',
    reason: '',
    isShadow: false,
    grant: grantOf(test),
  });
  if (test.login !== undefined) {
    const { expect, by } = typeof test.login === 'string' ? { expect: test.login } : test.login;
    const call = await callHook(
      clientAuthenticate,
      { clientinfo: { ...clientinfo, password } },
      { policy: policies, lookups },
    );
    if (call.decision?.verdict === 'allow') policy.loginDecided(known, call.decision);
    facts.push(judge(`${who}: login`, { verdict: expect, by }, call));
  }
  for (const verdict of ['allow', 'deny', 'ignore'] as const) {
    for (const { action, topic, by } of test[verdict] ?? []) {
      const type = action === 'publish' ? Action.PUBLISH : Action.SUBSCRIBE;
      const call = await callHook(
        clientAuthorize,
        { clientinfo, type, topic, meta: { version: emqx } },
        { policy: policies, lookups },
      );
      facts.push(judge(`${who}: ${action} ${topic}`, { verdict, by }, call));
    }
  }
  for (const message of test.publish ?? [])
    facts.push(await runMessage(who, message, known, policy.policies.publish, file));
  return facts;
}

function judge(
  name: string,
  expected: Fact['expected'],
  {
    decision,
    failure,
    reply,
  }: { decision?: Decision; failure?: string; reply?: { kind: string; reason?: string } },
): Fact {
  const got = decision ?? {
    verdict: failure === undefined ? (reply?.kind ?? 'nothing') : 'failure',
    by: 'nothing',
    reason: failure ?? reply?.reason ?? 'no answer',
  };
  const isGood = got.verdict === expected.verdict && (expected.by === undefined || expected.by === got.by);
  return { name, expected, got: { verdict: got.verdict, by: got.by, reason: got.reason }, isGood };
}

/** @throws Error when the grants of the test cannot be read. */
function grantOf({ tags, grants }: PolicyTest): Grant | undefined {
  if (tags === undefined && grants === undefined) return undefined;
  const parsed = grants === undefined ? undefined : parseGrants(grants);
  if (parsed !== undefined && 'problem' in parsed) throw new Error(`grants: ${parsed.problem}`);
  return { tags: parseTags(tags) ?? {}, ...(parsed && { rules: parsed.rules }) };
}

/** Services are not called when the test contains their answers. */
function answersOf({ answers = {} }: PolicyTest): Record<string, Lookup> {
  return Object.fromEntries(
    Object.entries(answers).map(([method, body]) => [
      questionKind(method),
      () => {
        const answer = readHttpAnswer({
          status: 200,
          contentType: 'application/json',
          body: JSON.stringify(body),
        });
        if ('problem' in answer) throw new Error(answer.problem);
        return loginOfHttp(answer);
      },
    ]),
  );
}
