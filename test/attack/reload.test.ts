/** Files that are so large that reading them takes seconds, changed while brokers call. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { login, publish } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';

const USERS = 300_000;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const HASH = sha256('p');

/** A users file in which one user stands for the version of the file. */
function usersOf(version: string): string {
  const lines = Array.from({ length: USERS }, (_, i) => `user-${i},${HASH}`);
  return ['username,hash', ...lines, `${version},${HASH}`, ''].join('\n');
}

it('A users file of 300,000 that changes three times does not delay calls', async () => {
  const users = { file: 'users.csv', hash: { algorithm: 'sha256' } };
  const { server, broker, directory } = await serverOf(
    {
      authenticate: { methods: [{ users }] },
      authorize: { rules: [{ allow: 'publish', topics: 'a/#' }] },
    },
    { 'users.csv': usersOf('first') },
  );
  const isIn = (username: string) => login(broker, { username, password: 'p' });
  expect(await isIn('first')).toBe(true);
  for (const [before, after] of [
    ['first', 'second'],
    ['second', 'third'],
    ['third', 'fourth'],
  ] as const) {
    writeFileSync(join(directory, 'users.csv'), usersOf(after));
    let answered = 0;
    while ((await isIn(after)) !== true) {
      expect(await isIn('user-7')).toBe(true);
      expect(await publish(broker, { clientid: 'c' }, 'a/b')).toBe(true);
      answered++;
    }
    // One after the other: if the process stood still while it read, there would be a handful.
    expect(answered).toBeGreaterThan(50);
    expect(await isIn(before)).toBe(false);
  }
  expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
});
