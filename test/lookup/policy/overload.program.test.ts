/** Logins whose look-ups are too slow or too many, from the question to the answer. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Config } from '../../../src/config/schema.ts';
import type { LookupContext } from '../../../src/core/runtime.ts';
import { createMemoryGrants } from '../../../src/lookup/grants/memory.ts';
import { openPolicy } from '../../../src/lookup/open-policy.ts';
import { until } from '../../support/servers/process.ts';

const client = {
  clientid: 'c1',
  username: 'anna',
  password: 'SECRET',
  peerhost: '10.0.0.1',
  cn: '',
  dn: '',
  protocol: 'mqtt',
  mountpoint: '',
};

/** A login service whose answers wait until the test gives them. */
async function setup(authenticate: object = {}, httpOptions: object = {}) {
  const waiting: http.ServerResponse[] = [];
  let asked = 0;
  const server = http.createServer((request, response) => {
    request.resume();
    asked++;
    waiting.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const methods = [{ http: { url, retries: 0, ...httpOptions } }];
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const policy = await openPolicy(Config.parse({ authenticate: { methods, ...authenticate } }), {
    env: {},
    log,
    now: Date.now,
    monotonic: () => performance.now(),
    random: Math.random,
    isDry: false,
    grants: createMemoryGrants({ max: 10, now: Date.now }),
    onChange: () => {},
  });
  onTestFinished(() => {
    policy.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    policy,
    asked: () => asked,
    async answer(result = 'allow') {
      const response = await until('a request', () => waiting.shift());
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ result }));
      // Until the answer has arrived, and all that hangs on it.
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
    look: async (context: Partial<LookupContext> = {}, who: object = client) =>
      await policy.lookups['authenticate/http']?.(
        { kind: 'authenticate/http', client: { ...client, ...who } },
        { signal: new AbortController().signal, ...context },
      ),
  };
}

type Setup = Awaited<ReturnType<typeof setup>>;

/** A login that is answered before the service is. */
async function tooLate({ look, answer }: Setup, result?: string): Promise<void> {
  const abort = new AbortController();
  const login = look({ signal: abort.signal });
  setTimeout(() => abort.abort(), 20);
  await expect(login).rejects.toMatchObject({ code: 'lookup_timeout' });
  await answer(result);
}

describe('an admission that came too late', () => {
  it('admits the next attempt of the same client without another request, once', async () => {
    const made = await setup();
    await tooLate(made);
    expect(await made.look()).toMatchObject({ result: 'allow' });
    expect(made.asked()).toBe(1);
    const third = made.look();
    await made.answer();
    await third;
    expect(made.asked()).toBe(2);
  });

  it.each([
    ['password', { password: 'other' }],
    ['client id', { clientid: 'c2' }],
    ['user name', { username: 'bert' }],
    ['address', { peerhost: '10.0.0.2' }],
    ['common name', { cn: 'x' }],
    ['subject', { dn: 'x' }],
    ['protocol', { protocol: 'mqtt-sn' }],
    ['mountpoint', { mountpoint: 'x' }],
  ])('is of no use with another %s', async (_, who) => {
    const made = await setup();
    await tooLate(made);
    const other = made.look({}, who);
    await made.answer('deny');
    expect(await other).toMatchObject({ result: 'deny' });
  });

  it('is not kept when rememberLate is 0s', async () => {
    const made = await setup({ rememberLate: '0s' });
    await tooLate(made);
    const next = made.look();
    await made.answer('deny');
    expect(await next).toMatchObject({ result: 'deny' });
    expect(made.asked()).toBe(2);
  });

  it('is nothing that a refusal could be', async () => {
    const made = await setup();
    await tooLate(made, 'deny');
    const next = made.look();
    await made.answer();
    expect(await next).toMatchObject({ result: 'allow' });
    expect(made.asked()).toBe(2);
  });
});

describe('a login that cannot be looked up in time', () => {
  /** The service took 100 ms for one, and is at work on another. */
  async function busy(authenticate: object = {}) {
    const made = await setup(authenticate, { maxConnections: 1 });
    const first = made.look({}, { clientid: 'first' });
    await until('the request', () => made.asked() === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await made.answer();
    await first;
    made.look({}, { clientid: 'second' }).catch(() => {});
    await until('the request', () => made.asked() === 2);
    return made;
  }
  const soon = () => ({ deadline: performance.now() + 100 });

  it('is refused at once as overloaded, and the service hears nothing of it', async () => {
    const made = await busy();
    await expect(made.look(soon())).rejects.toMatchObject({ code: 'overloaded' });
    expect(made.asked()).toBe(2);
  });

  it('is not remembered: the next attempt is looked up', async () => {
    const made = await busy({ cache: { ttl: '1m', negativeTtl: '1m' } });
    await expect(made.look(soon())).rejects.toMatchObject({ code: 'overloaded' });
    await made.answer();
    const next = made.look();
    await made.answer();
    expect(await next).toMatchObject({ result: 'allow' });
  });

  it('waits for its turn where it can be in time', async () => {
    const made = await busy();
    const login = made.look({ deadline: performance.now() + 3000 });
    await made.answer();
    await made.answer();
    expect(await login).toMatchObject({ result: 'allow' });
  });
});
