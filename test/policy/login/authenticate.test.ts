import { describe, expect, it } from 'vitest';
import { KEEP_GRANT, LIMITER, nextLoginStep } from '../../../src/policy/login/authenticate.ts';
import type { AuthenticatePolicy, Login, Method, MethodAnswer } from '../../../src/policy/policy.ts';

const client: Login = {
  username: 'u',
  clientid: 'c',
  password: 'p',
  peerhost: '10.0.0.1',
  cn: '',
  dn: '',
  protocol: 'mqtt',
  mountpoint: '',
};

const asking = (name: string): Method => ({ name });
const judging = (name: string, answer: MethodAnswer): Method => ({ name, judge: () => answer });

function step(policy: Partial<AuthenticatePolicy>, answers: Readonly<Record<string, unknown>> = {}) {
  const whole: AuthenticatePolicy = {
    methods: [asking('a'), asking('b')],
    isLimited: false,
    otherwise: 'deny',
    mode: 'enforce',
    ...policy,
  };
  return nextLoginStep(whole, client, answers);
}

const unknown = { result: 'unknown' } as const;
const allow = { result: 'allow' } as const;
const deny = { result: 'deny', reason: 'no' } as const;

describe('the methods of a login', () => {
  it('are asked in order, each only if those before do not know the client', () => {
    expect(step({})).toEqual({ ask: { kind: 'authenticate/a', client } });
    expect(step({}, { 'authenticate/a': unknown })).toEqual({ ask: { kind: 'authenticate/b', client } });
  });

  it.each<[string, MethodAnswer, object]>([
    ['admits', allow, { verdict: 'allow', by: 'a', reason: 'recognised', isShadow: false }],
    ['refuses', deny, { verdict: 'deny', by: 'a', reason: 'no', isShadow: false }],
  ])('are not asked after one that %s the client', (_what, answer, decision) => {
    expect(step({}, { 'authenticate/a': answer })).toEqual({ decision });
  });

  it('are not asked if they decide by themselves', () => {
    expect(step({ methods: [judging('a', unknown), judging('b', allow)] })).toMatchObject({
      decision: { verdict: 'allow', by: 'b' },
    });
  });

  it('give their grant to the decision', () => {
    const grant = { tags: { site: 'x' } };
    expect(step({}, { 'authenticate/a': { result: 'allow', grant } })).toMatchObject({ decision: { grant } });
  });

  it('leave the decision to otherwise if none knows the client, and say why', () => {
    const answers = {
      'authenticate/a': { ...unknown, reason: 'bad_signature' },
      'authenticate/b': { ...unknown, reason: 'other' },
    };
    expect(step({ otherwise: 'ignore', mode: 'shadow' }, answers)).toEqual({
      decision: {
        verdict: 'ignore',
        by: 'otherwise',
        reason: 'no method recognised the client (a: bad_signature; b: other)',
        isShadow: true,
      },
    });
    expect(step({}, { 'authenticate/a': unknown, 'authenticate/b': unknown })).toEqual({
      decision: {
        verdict: 'deny',
        by: 'otherwise',
        reason: 'no method recognised the client',
        isShadow: false,
      },
    });
  });

  it('leave a login undecided if one of them is broken and no other knows the client', () => {
    const broken = { ...unknown, isBroken: true, reason: 'no usable answer' } as const;
    expect(step({}, { 'authenticate/a': broken, 'authenticate/b': unknown })).toMatchObject({
      decision: { by: 'otherwise', isUndecided: true },
    });
    const decided = step({}, { 'authenticate/a': broken, 'authenticate/b': deny });
    expect(decided).toEqual({ decision: { verdict: 'deny', by: 'b', reason: 'no', isShadow: false } });
  });
});

describe('the limiter of a login', () => {
  it('is asked before every method', () => {
    expect(step({ isLimited: true, methods: [judging('a', allow)] })).toEqual({
      ask: { kind: LIMITER, client },
    });
    expect(step({ isLimited: true }, { [LIMITER]: undefined })).toMatchObject({
      ask: { kind: 'authenticate/a' },
    });
  });

  it.each([
    ['client_id', 'too many failed logins of this client id'],
    ['user_name', 'too many failed logins of this user name'],
    ['address', 'too many failed logins from this address'],
  ])('refuses a client by %s without asking a method', (refusedBy, reason) => {
    const answers = { [LIMITER]: { refusedBy }, 'authenticate/a': allow };
    expect(step({ isLimited: true }, answers)).toEqual({
      decision: { verdict: 'deny', by: 'limiter', reason, isShadow: false },
    });
  });
});

describe('the grant of an admitted client', () => {
  const grant = { tags: { site: 'x' } };
  const admitted = { 'authenticate/a': { result: 'allow', grant } };

  it('is stored before the answer, once, if other instances need it', () => {
    const keptBefore = new Set(['a']);
    expect(step({ keptBefore }, admitted)).toEqual({ ask: { kind: KEEP_GRANT, client, grant } });
    expect(step({ keptBefore }, { ...admitted, [KEEP_GRANT]: undefined })).toMatchObject({
      decision: { verdict: 'allow', by: 'a', grant },
    });
  });

  it('is not stored if another method admits the client, or none does', () => {
    const keptBefore = new Set(['b']);
    expect(step({ keptBefore }, admitted)).toMatchObject({ decision: { by: 'a' } });
    const refused = { 'authenticate/a': unknown, 'authenticate/b': deny };
    expect(step({ keptBefore }, refused)).toMatchObject({ decision: { verdict: 'deny', by: 'b' } });
  });
});
