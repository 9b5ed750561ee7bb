import { describe, expect, it } from 'vitest';
import { clientAuthenticate } from '../../../src/core/hooks/client-authenticate.ts';
import type { AuthenticatePolicy } from '../../../src/policy/policy.ts';
import { aContext, aCredential, aMeta, SECRET } from '../../support/inputs.ts';

describe('client.authenticate', () => {
  it.each([true, false])(
    "refuses every login without a policy and reports nothing, when the broker's own result is %s",
    (result) => {
      const input = { clientinfo: aCredential(), result, meta: aMeta() } as const;
      expect(clientAuthenticate.decide(input, aContext())).toStrictEqual({
        reply: { kind: 'deny', reason: 'no authentication is configured' },
      });
    },
  );

  it('asks nothing without a policy', () => {
    const input = { clientinfo: aCredential(), result: true, meta: aMeta() } as const;
    expect(clientAuthenticate.needs?.(input, aContext())).toBeUndefined();
  });

  const policy: AuthenticatePolicy = {
    methods: [{ name: 'users' }, { name: 'jwt' }],
    isLimited: true,
    otherwise: 'deny',
    mode: 'enforce',
  };
  const context = (answers: Record<string, unknown>, changes: Partial<AuthenticatePolicy> = {}) => ({
    policy: { hooks: [], authenticate: { ...policy, ...changes } },
    answers,
  });
  const input = { clientinfo: aCredential(), result: true, meta: aMeta() } as const;
  const limiter = 'authenticate/limiter';
  const users = 'authenticate/users';
  const jwt = 'authenticate/jwt';

  it.each<[string, Record<string, unknown>, string | undefined]>([
    ['the limiter first', {}, limiter],
    ['nothing more of a client that is held up', { [limiter]: { refusedBy: 'address' } }, undefined],
    ['the first method', { [limiter]: undefined }, users],
    [
      'the next one about a client that the first does not know',
      { [limiter]: undefined, [users]: { result: 'unknown' } },
      jwt,
    ],
    [
      'nobody once one has decided',
      { [limiter]: undefined, [users]: { result: 'deny', reason: 'x' } },
      undefined,
    ],
    [
      'nobody after the last',
      { [limiter]: undefined, [users]: { result: 'unknown' }, [jwt]: { result: 'unknown' } },
      undefined,
    ],
  ])('asks %s', (_, answers, kind) => {
    expect(clientAuthenticate.needs?.(input, context(answers))?.kind).toBe(kind);
  });

  it.each<[string, Record<string, unknown>]>([
    ['the limiter', {}],
    ['the first method', { [limiter]: undefined }],
    ['the next method', { [limiter]: undefined, [users]: { result: 'unknown' } }],
  ])('refuses a login if %s has not answered, whatever the rest of the policy says', (_, answers) => {
    for (const changes of [
      {},
      { otherwise: 'allow' },
      { otherwise: 'ignore' },
    ] as Partial<AuthenticatePolicy>[])
      expect(clientAuthenticate.decide(input, context(answers, changes))).toStrictEqual({
        reply: { kind: 'deny', reason: 'a question was not answered' },
      });
  });

  const grant = { tags: { site: 'north' } };

  it('stores grants for other instances before it answers, if the policy says so', () => {
    const keptBefore = new Set(['jwt', 'otherwise']);
    const answered = { [limiter]: undefined, [users]: { result: 'unknown' } };
    const step = (answers: object, changes: Partial<AuthenticatePolicy> = {}) =>
      clientAuthenticate.needs?.(input, context({ ...answered, ...answers }, { keptBefore, ...changes }));
    const keep = { kind: 'authorize/keep-grant', client: input.clientinfo };
    const admitted = { [jwt]: { result: 'allow', grant } };
    expect(step(admitted)).toEqual({ ...keep, grant });
    // The grant of the login before has to go.
    expect(step({ [jwt]: { result: 'allow' } })).toEqual({ ...keep, grant: undefined });
    expect(step({ [jwt]: { result: 'unknown' } }, { otherwise: 'allow' })).toEqual({
      ...keep,
      grant: undefined,
    });
    expect(step({ ...admitted, 'authorize/keep-grant': undefined })).toBeUndefined();
    expect(step({ [jwt]: { result: 'deny', reason: 'x' } })).toBeUndefined();
    expect(step({ [users]: { result: 'allow', grant } })).toBeUndefined();
    expect(step(admitted, { keptBefore: undefined })).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, Partial<AuthenticatePolicy>, object, object]>([
    [
      'admits whom a method admits, with what the method grants',
      { [users]: { result: 'allow', grant } },
      {},
      { kind: 'allow' },
      { verdict: 'allow', by: 'users', grant },
    ],
    [
      'refuses whom a method refuses',
      { [users]: { result: 'deny', reason: 'bad_password' } },
      {},
      { kind: 'deny', reason: 'users: bad_password' },
      { verdict: 'deny', by: 'users', reason: 'bad_password' },
    ],
    [
      'says what methods said of a client that none recognised',
      { [users]: { result: 'unknown' }, [jwt]: { result: 'unknown', reason: 'bad_signature' } },
      {},
      { kind: 'deny', reason: 'otherwise: no method recognised the client (jwt: bad_signature)' },
      { verdict: 'deny', by: 'otherwise' },
    ],
    [
      'leaves it to the broker only if that is configured',
      { [users]: { result: 'unknown' }, [jwt]: { result: 'unknown' } },
      { otherwise: 'ignore' },
      { kind: 'ignore' },
      { verdict: 'ignore', by: 'otherwise' },
    ],
    [
      'refuses a client that is held up',
      { [limiter]: { refusedBy: 'client_id' } },
      {},
      { kind: 'deny', reason: 'limiter: too many failed logins of this client id' },
      { verdict: 'deny', by: 'limiter' },
    ],
    [
      'decides in shadow mode, and keeps it from the broker',
      { [users]: { result: 'deny', reason: 'bad_password' } },
      { mode: 'shadow' },
      { kind: 'ignore' },
      { verdict: 'deny', by: 'users', isShadow: true },
    ],
  ])('%s', (_, answers, changes, reply, decision) => {
    const outcome = clientAuthenticate.decide(input, context({ [limiter]: undefined, ...answers }, changes));
    expect(outcome).toMatchObject({ reply, decision });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });
});
