/** Clients whose names fill the memory of the built server: of 65 kB, and another one for each login. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../src/protocol/wire/encode-request.ts';
import { findRpc } from '../../src/protocol/wire/rpc.ts';
import { login } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';
import type { RunningServer } from '../program/support/program.ts';
import { aRawClient, frame } from '../program/support/raw.ts';
import { aClient } from '../support/inputs.ts';

const LOGIN = '/emqx.exhook.v3.HookProvider/OnClientAuthenticate';
const LENGTH = 65_000;
const MARK = '00000000';
const AT_ONCE = 40;

const heapOf400 = { env: { NODE_OPTIONS: '--max-old-space-size=400' } };
const bucket = { burst: 5, refill: '1h' };

/** The bytes of a login, in which the marks are written over: client id, user name and node are others each time. */
function loginTemplate(password: string, named: readonly string[]): Buffer {
  const rpc = findRpc(LOGIN);
  if (rpc === undefined) throw new Error('there is no such call');
  const long = MARK.padEnd(LENGTH, 'x');
  const { peerport: _, ...client } = aClient(Object.fromEntries(named.map((name) => [name, long])));
  const request = { clientinfo: { ...client, password }, result: true };
  return Buffer.from(encodeRequest(rpc, request));
}

/** Logs in so many times, each time with other names. @returns how many were answered. */
async function flood(server: RunningServer, logins: number, password: string, named: readonly string[]) {
  const client = aRawClient(server.url);
  const template = loginTemplate(password, named);
  const places: number[] = [];
  for (let at = template.indexOf(MARK); at !== -1; at = template.indexOf(MARK, at + 1)) places.push(at);
  expect(places).toHaveLength(named.length);
  let answered = 0;
  for (let i = 0; i < logins; i += AT_ONCE) {
    const heard = Array.from({ length: AT_ONCE }, (_, k) => {
      const body = Buffer.from(template);
      for (const place of places) body.write(String(i + k).padStart(MARK.length, '0'), place);
      return client.send({ path: LOGIN, body: frame(body) });
    });
    for (const { status } of await Promise.all(heard)) answered += Number(status === 0);
  }
  return answered;
}

describe('a client that fills the memory of a server with a heap of 400 MB', () => {
  it('does not end it by failed logins with names of 65 kB', async () => {
    const known = { username: 'known', clientid: 'known', password: 'right' };
    const users = { list: [known], allowPlain: true };
    const { server, broker } = await serverOf(
      {
        decisions: { log: 'off' },
        authenticate: {
          methods: [{ users }],
          cache: { negativeTtl: '1h' },
          limiter: {
            perClientId: bucket,
            perUsername: bucket,
            perAddress: { burst: 1_000_000, refill: '1h' },
          },
        },
      },
      {},
      [],
      heapOf400,
    );
    const logins = 3600;
    expect(await flood(server, logins, 'wrong', ['clientid', 'username'])).toBe(logins);
    expect(await login(broker, known)).toBe(true);
  });

  it('does not end it by one token with many grants that each client id brings', async () => {
    const secret = 'a secret of thirty-two characters';
    const pub = Array.from({ length: 60 }, (_, i) => `site/${i}/+/\${clientid}/#`);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'HS256' })}.${part({ exp: 4_102_444_800, acl: { pub } })}`;
    const password = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    const { server, broker } = await serverOf(
      {
        decisions: { log: 'off' },
        authenticate: { methods: [{ jwt: { secret } }] },
        authorize: { rules: [] },
      },
      {},
      [],
      heapOf400,
    );
    const logins = 2400;
    expect(await flood(server, logins, password, ['clientid', 'username'])).toBe(logins);
    expect(await login(broker, { clientid: 'c', password })).toBe(true);
  });
});
