/** Ids beyond 2^53 that JSON.parse would round to another client's id. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { login, publish } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';

const SECRET = 'a secret of thirty-two bytes or so';
const [VICTIM, ATTACKER] = ['9007199254740992', '9007199254740993'];
const exp = Math.floor(Date.now() / 1000) + 600;

/** Signed as another issuer does it: digit for digit. */
function sign(payload: string): string {
  const part = (text: string) => Buffer.from(text).toString('base64url');
  const unsigned = `${part('{"alg":"HS256","typ":"JWT"}')}.${part(payload)}`;
  return `${unsigned}.${createHmac('sha256', SECRET).update(unsigned).digest('base64url')}`;
}

/** A login service with this answer for everyone. */
async function aService(body: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const ownTopics = { rules: [{ allow: 'publish', topics: 'accounts/${tag.account}/#' }], otherwise: 'deny' };

describe('a client whose id is one more than that of another', () => {
  it.each([ATTACKER, `[${ATTACKER}]`, `[1,${ATTACKER}]`])(
    'is not admitted as the other one by a token with sub: %s',
    async (sub) => {
      const methods = [{ jwt: { secret: SECRET, claims: { sub: '${clientid}' } } }];
      const { broker } = await serverOf({ authenticate: { methods, otherwise: 'deny' } });
      const password = sign(`{"exp":${exp},"sub":${sub}}`);
      expect(await login(broker, { clientid: VICTIM, password })).toBe(false);
      expect(await login(broker, { clientid: ATTACKER, password })).toBe(true);
    },
  );

  it.each([
    '9007199254740993e0',
    '9007199254740993.0',
    '90071992547409930e-1',
    '9007199254740993.00000000000000001',
  ])('is not admitted as the other one, however the number is written: %s', async (sub) => {
    const methods = [{ jwt: { secret: SECRET, claims: { sub: '${clientid}' } } }];
    const { broker } = await serverOf({ authenticate: { methods, otherwise: 'deny' } });
    const password = sign(`{"exp":${exp},"sub":${sub}}`);
    expect(await login(broker, { clientid: VICTIM, password })).toBe(false);
  });

  it('gets no topics of the other one by client_attrs of a token', async () => {
    const methods = [{ jwt: { secret: SECRET, tags: 'client_attrs' } }];
    const { broker } = await serverOf({ authenticate: { methods, otherwise: 'deny' }, authorize: ownTopics });
    const client = { clientid: 'c', password: sign(`{"exp":${exp},"client_attrs":{"account":${ATTACKER}}}`) };
    if ((await login(broker, client)) === true)
      expect(await publish(broker, { clientid: 'c' }, `accounts/${ATTACKER}/x`)).toBe(true);
    expect(await publish(broker, { clientid: 'c' }, `accounts/${VICTIM}/x`)).toBe(false);
  });

  it('gets no topics of the other one by client_attrs of an HTTP answer', async () => {
    const url = await aService(`{"result":"allow","client_attrs":{"account":${ATTACKER}}}`);
    const { broker } = await serverOf({
      authenticate: { methods: [{ http: { url } }], otherwise: 'deny' },
      authorize: ownTopics,
    });
    await login(broker, { clientid: 'c', password: 'p' });
    expect(await publish(broker, { clientid: 'c' }, `accounts/${VICTIM}/x`)).toBe(false);
  });

  it.each([
    ['users.json', `[{"username":"u","hash":HASH,"tags":{"account":${ATTACKER}}}]`],
    ['users.jsonl', `{"username":"u","hash":HASH,"tags":{"account":${ATTACKER}}}`],
  ])('gets no topics of the other one by tags in %s', async (name, text) => {
    const hash = JSON.stringify('$2b$04$0iJZEeHnHdWBl4ozBwlgnu1oqPmsEcu.e2vbvVewECUso9eogZgeK');
    const { broker } = await serverOf(
      { authenticate: { methods: [{ users: { file: name } }], otherwise: 'deny' }, authorize: ownTopics },
      { [name]: text.replace('HASH', hash) },
    );
    const client = { clientid: 'c', username: 'u' };
    expect(await publish(broker, client, `accounts/${ATTACKER}/x`)).toBe(true);
    expect(await publish(broker, client, `accounts/${VICTIM}/x`)).toBe(false);
  });
});
