import { describe, expect, it } from 'vitest';
import { type HttpAnswer, readHttpAnswer } from '../../src/policy/auth-answer.ts';

const json = (body: unknown, status = 200) => ({
  status,
  contentType: 'application/json',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('readHttpAnswer', () => {
  it.each<readonly [HttpAnswer, object]>([
    [json({ result: 'allow' }), { result: 'allow', isSuperuser: false, clientAttrs: {} }],
    [json({ result: 'deny' }), { result: 'deny' }],
    [json({ result: 'ignore' }), { result: 'ignore' }],
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
    [json(''), 'the answer is not of the expected form'],
    [json('allow'), 'the answer is not of the expected form'],
    [json([]), 'the answer is not of the expected form'],
    [json({}), 'the answer is not of the expected form: result'],
    [json({ result: true }), 'the answer is not of the expected form: result'],
    [json({ result: 'ALLOW' }), 'the answer is not of the expected form: result'],
    [
      { ...json({}), body: '{"result":"allow","client_attrs":{"a":9007199254740993}}' },
      'the answer is not of the expected form: client_attrs',
    ],
    [
      json({ result: 'allow', client_attrs: { a: 1 } }),
      'the answer is not of the expected form: client_attrs',
    ],
    [json({ result: 'allow', expire_at: 'soon' }), 'the answer is not of the expected form: expire_at'],
  ])('%j is a problem', (answer, problem) => {
    expect(readHttpAnswer(answer)).toEqual({ problem });
  });

  it.each([429, 503])('with status %d says that the service has too much to do', (status) => {
    expect(readHttpAnswer(json('', status))).toEqual({
      problem: `HTTP status ${status}`,
      isOverloaded: true,
    });
  });
});
