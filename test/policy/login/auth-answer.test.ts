import { describe, expect, it } from 'vitest';
import { type HttpAnswer, readHttpAnswer } from '../../../src/policy/login/auth-answer.ts';

const json = (body: unknown, status = 200) => ({
  status,
  contentType: 'application/json',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const form = (body: string) => ({ status: 200, contentType: 'application/x-www-form-urlencoded', body });

describe('readHttpAnswer', () => {
  it.each<readonly [HttpAnswer, object]>([
    [json({ result: 'allow' }), { result: 'allow', isSuperuser: false, clientAttrs: {} }],
    [json({ result: 'deny' }), { result: 'deny' }],
    [json({ result: 'ignore' }), { result: 'ignore' }],
    // EMQX treats a missing result as "ignore".
    [json({}), { result: 'ignore' }],
    [form(''), { result: 'ignore' }],
    // What else a refusal says does not matter.
    [json({ result: 'deny', client_attrs: 5, expire_at: 'never', is_superuser: [] }), { result: 'deny' }],
    [
      json({ result: 'allow', is_superuser: true, more: 1 }),
      { result: 'allow', isSuperuser: true, clientAttrs: {} },
    ],
    // The example of EMQX's documentation, "Use HTTP Service".
    [
      json({
        result: 'allow',
        is_superuser: true,
        client_attrs: { role: 'admin', sn: '10c61f1a1f47' },
        expire_at: 1654254601,
        acl: [{ permission: 'allow', action: 'subscribe', topic: 'eq t/1/#' }],
      }),
      {
        result: 'allow',
        isSuperuser: true,
        clientAttrs: { role: 'admin', sn: '10c61f1a1f47' },
        expireAt: 1654254601,
        acl: [{ permission: 'allow', action: 'subscribe', topic: 'eq t/1/#' }],
      },
    ],
    [
      {
        status: 200,
        contentType: 'application/x-www-form-urlencoded',
        body: 'result=allow&is_superuser=true',
      },
      { result: 'allow', isSuperuser: true, clientAttrs: {} },
    ],
    [
      { status: 204, contentType: '', body: '' },
      { result: 'allow', isSuperuser: false, clientAttrs: {} },
    ],
    ...[201, 301, 302, 400, 401, 403, 404].map(
      (status) => [json({ result: 'allow' }, status), { result: 'ignore' }] as const,
    ),
  ])('%j means %j', (answer, verdict) => {
    expect(readHttpAnswer(answer)).toEqual(verdict);
  });

  it.each([
    [json({ result: 'allow' }, 500), 'HTTP status 500'],
    [json(''), 'the answer does not have the expected form'],
    [json('allow'), 'the answer does not have the expected form'],
    [json([]), 'the answer does not have the expected form'],
    [json({ result: true }), 'the answer does not have the expected form: result'],
    [json({ result: 'ALLOW' }), 'the answer does not have the expected form: result'],
    [
      { ...json({}), body: '{"result":"allow","client_attrs":{"a":9007199254740993}}' },
      'the answer does not have the expected form: client_attrs',
    ],
    [
      json({ result: 'allow', client_attrs: { a: 1 } }),
      'the answer does not have the expected form: client_attrs',
    ],
    [
      json({ result: 'allow', client_attrs: null }),
      'the answer does not have the expected form: client_attrs',
    ],
    [form('result=allow&client_attrs=x'), 'the answer does not have the expected form: client_attrs'],
    [form('result'), 'the answer does not have the expected form: result'],
  ])('%j is a problem', (answer, problem) => {
    const isUnusable = answer.status === 200 ? { isUnusable: true } : {};
    expect(readHttpAnswer(answer)).toEqual({ problem, ...isUnusable });
  });

  // EMQX's emqx_authn_utils:to_bool/1.
  it.each<readonly [unknown, boolean]>([
    [true, true],
    ['true', true],
    [1, true],
    ['1', true],
    [2, true],
    ['2', true],
    ['+1', true],
    [false, false],
    ['false', false],
    [0, false],
    ['0', false],
    ['', false],
    [null, false],
    [-1, false],
    ['-1', false],
    [1.5, false],
    ['1.5', false],
    ['True', false],
    ['yes', false],
    [' 1', false],
    ['1e3', false],
    [[true], false],
    [{ is: true }, false],
  ])('is_superuser %j counts as %j, and spoils no answer', (is_superuser, isSuperuser) => {
    expect(readHttpAnswer(json({ result: 'allow', is_superuser }))).toMatchObject({
      result: 'allow',
      isSuperuser,
    });
  });

  it.each([
    ['is_superuser=1', true],
    ['is_superuser=true', true],
    ['is_superuser', true],
    ['is_superuser=', false],
    ['is_superuser=0', false],
    ['is_superuser=1&is_superuser=0', false],
    ['x=1', false],
  ])('in the form "%s" the client is a superuser: %j', (fields, isSuperuser) => {
    expect(readHttpAnswer(form(`result=allow&${fields}`))).toMatchObject({ result: 'allow', isSuperuser });
  });

  it.each<readonly [unknown, object]>([
    [1_700_000_000, { result: 'allow', expireAt: 1_700_000_000 }],
    ['1700000000', { result: 'allow', expireAt: 1_700_000_000 }],
    ...(['soon', '', null, true, 1.5, [1_700_000_000]] as const).map(
      (value) => [value, { result: 'deny', reason: 'expire_at is not a whole number of seconds' }] as const,
    ),
  ])('with expire_at %j the answer is %j', (expire_at, verdict) => {
    expect(readHttpAnswer(json({ result: 'allow', expire_at }))).toMatchObject(verdict);
  });

  it.each([429, 503])('with status %d says that the service is overloaded', (status) => {
    expect(readHttpAnswer(json('', status))).toEqual({
      problem: `HTTP status ${status}`,
      isOverloaded: true,
    });
  });
});
