/** A client that logs in with its own credentials, under a name that no method verifies. */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SECRET } from '../lookup/jwt/vectors.ts';
import { login, publish } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { exhook, temporaryFile } from '../program/support/program.ts';
import { until } from '../support/servers/process.ts';

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (claims: object) => {
  const text = `${base64url({ alg: 'HS256' })}.${base64url({ exp: 4_102_444_800, ...claims })}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
};

const admins = { name: 'admins', allow: 'all', who: { username: 'admin' }, topics: '#' };
const own = { name: 'own', allow: 'all', topics: 'devices/${clientid}/#' };
const users = (list: object[]) => ({
  users: { allowPlain: true, list: list.map((user) => ({ password: 'p', ...user })) },
});

describe('a client that brings a name which its login method does not check', () => {
  it.each([
    ['users', users([{ clientid: 'pump-1' }]), admins, 'user name'],
    ['users', users([{ username: 'pump-1' }]), own, 'client id'],
    ['jwt', { jwt: { secret: SECRET } }, own, 'client id'],
    ['certificate', { certificate: { commonName: { like: 'pump-*' } } }, admins, 'user name'],
    ['http', { http: { url: 'https://127.0.0.1:1' } }, own, 'client id'],
  ])('is warned of, or with strict the rule is refused: %s, %j', async (method, section, rule, name) => {
    const config = (strict: boolean) =>
      temporaryFile(
        'exhook.yaml',
        JSON.stringify({ authenticate: { methods: [section] }, authorize: { strict, rules: [rule] } }),
      );
    const words = new RegExp(
      `authorize.rules\\[0\\]: rule "${rule.name}" uses .*authenticate method ${method} does not vouch for the ${name}`,
    );
    const loose = await exhook(['check', config(false)]);
    expect([loose.code, loose.stderr]).toEqual([0, expect.stringMatching(words)]);
    const strict = await exhook(['check', config(true)]);
    expect([strict.code, strict.stderr.replace(/exhook.yaml:\d+:\d+ /, '')]).toEqual([
      2,
      expect.stringMatching(words),
    ]);
  });

  it('is not admitted by a server with strict, whatever a users file or a token says later', async () => {
    const list = [{ username: 'pump-1', clientid: 'pump-1', password: 'p' }];
    const config = {
      authenticate: {
        methods: [
          { users: { file: 'users.json', allowPlain: true } },
          { jwt: { secret: SECRET, claims: { sub: '${clientid}' } } },
        ],
      },
      authorize: { strict: true, rules: [own] },
    };
    const { broker, server, directory } = await serverOf(config, { 'users.json': JSON.stringify(list) });
    expect(await login(broker, { username: 'pump-1', clientid: 'pump-1', password: 'p' })).toBe(true);
    expect(await login(broker, { username: 'pump-1', clientid: 'victim', password: 'p' })).toBe(false);

    const acl = (topic: string) => tokenOf({ sub: 'meter-1', acl: { pub: [topic] } });
    expect(await login(broker, { clientid: 'meter-1', password: acl('a/${clientid}') })).toBe(true);
    expect(await publish(broker, { clientid: 'meter-1' }, 'a/meter-1')).toBe(true);
    // The token is for a client id; the user name is the client's choice.
    const chosen = { username: 'victim', clientid: 'meter-1' };
    expect(await login(broker, { ...chosen, password: acl('a/${username}') })).toBe(false);
    expect(await publish(broker, chosen, 'a/victim')).toBe(false);

    writeFileSync(
      join(directory, 'users.json'),
      JSON.stringify([...list, { username: 'loose', password: 'p' }]),
    );
    await until('the users file to be read again', () =>
      server.log.some(({ message }) => String(message).includes('was reloaded')),
    );
    expect(await login(broker, { username: 'loose', clientid: 'victim', password: 'p' })).toBe(false);
    await server.stop();
  });
});
