/** The built server while the machine's clock is set: intervals do not change. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/servers/process.ts';
import { root } from '../support/source.ts';
import { login } from './support/policy.ts';
import { serverOf } from './support/policy-server.ts';
import { temporaryFile } from './support/program.ts';

const HOUR = 3_600_000;

async function serverWithClock(config: object) {
  const path = temporaryFile('clock', '0');
  const clock = join(root, 'test/program/support/settable-clock.mjs');
  const env = { NODE_OPTIONS: `--import ${clock}`, CLOCK: path };
  const { broker } = await serverOf(config, {}, [], { env });
  return { broker, setClock: (by: number) => writeFileSync(path, String(by)) };
}

async function serviceOf(answer: (response: http.ServerResponse) => void): Promise<string> {
  const server = http.createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const json = (response: http.ServerResponse, value: object) =>
  void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));

describe.each([-HOUR, HOUR])('while the clock is set by %s ms', (step) => {
  it('a failed login is forgiven in its time, and no sooner', async () => {
    const users = { allowPlain: true, list: [{ username: 'u', password: 'right' }] };
    const limiter = (refill: string) => ({
      authenticate: { methods: [{ users }], limiter: { perClientId: { burst: 1, refill } } },
    });
    const soon = await serverWithClock(limiter('300ms'));
    expect(await login(soon.broker, { username: 'u', password: 'wrong' })).toBe(false);
    soon.setClock(step);
    const right = () => login(soon.broker, { username: 'u', password: 'right' });
    await until('the right password to be admitted', async () => (await right()) === true, 10_000);

    const late = await serverWithClock(limiter('30m'));
    expect(await login(late.broker, { username: 'u', password: 'wrong' })).toBe(false);
    late.setClock(step);
    expect(await login(late.broker, { username: 'u', password: 'right' })).toBe(false);
  });

  it('a remembered login is forgotten in its time, and no sooner', async () => {
    let asked = 0;
    const url = await serviceOf((response) => {
      asked++;
      json(response, { result: 'allow' });
    });
    const cached = (ttl: string) => ({ authenticate: { methods: [{ http: { url } }], cache: { ttl } } });
    const soon = await serverWithClock(cached('300ms'));
    expect(await login(soon.broker, { username: 'u' })).toBe(true);
    soon.setClock(step);
    await until(
      'the service to be asked again',
      async () => {
        await login(soon.broker, { username: 'u' });
        return asked > 1;
      },
      10_000,
    );

    const late = await serverWithClock(cached('30m'));
    const before = asked;
    await login(late.broker, { username: 'u' });
    late.setClock(step);
    await login(late.broker, { username: 'u' });
    expect(asked).toBe(before + 1);
  });

  it('a key that was withdrawn is refused once its time is over', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    let keys: object[] = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' }];
    const jwks = {
      url: await serviceOf((response) => json(response, { keys })),
      maxAge: '200ms',
      cooldown: '10ms',
    };
    const { broker, setClock } = await serverWithClock({ authenticate: { methods: [{ jwt: { jwks } }] } });
    const issued = Math.floor(Date.now() / 1000) - 7200;
    const claims = { sub: 'm', iat: issued, exp: issued + 14_400 };
    const password = jsonwebtoken.sign(claims, privateKey, { algorithm: 'ES256', keyid: 'k' });
    expect(await login(broker, { password })).toBe(true);
    keys = [];
    setClock(step);
    await until('the token to be refused', async () => (await login(broker, { password })) === false, 10_000);
  });
});
