import { describe, expect, it, vi } from 'vitest';
import { verifyPassword } from '../../../src/lookup/password/verify.ts';
import { type Credentials, checkUser } from '../../../src/lookup/users/check.ts';
import { costOf } from '../../../src/policy/login/password-decoy.ts';
import type { ParsedHash } from '../../../src/policy/login/password-hash.ts';
import { indexUsers } from '../../../src/policy/login/users.ts';

// argon2 saltysalt16bytes -id -t 2 -k 1024 -p 1 -e, of "tide-pool"
const HASH =
  '$argon2id$v=19$m=1024,t=2,p=1$c2FsdHlzYWx0MTZieXRlcw$557I7XBNtYbBADIE9SYKvpzKVGlUQxIAFvfUAFWdZYc';
const index = indexUsers([
  { line: 1, fields: { username: 'anna', hash: HASH } },
  { line: 2, fields: { clientid: 'meter-1', hash: HASH } },
  { line: 3, fields: { username: 'both', clientid: 'meter-2', hash: HASH } },
  { line: 4, fields: { username: 'here', hash: HASH, addresses: ['10.0.0.0/8'] } },
]);
if (!index.ok) throw new Error('expected users');
const { users } = index;
const client: Credentials = { username: '', clientid: 'x', password: 'tide-pool', peerhost: '10.1.2.3' };

function check(changes: Partial<Credentials>, verify = verifyPassword) {
  const isAddressIn = (address: string, [network = '']: readonly string[]) =>
    address.startsWith(network.slice(0, 3));
  return checkUser(users, { ...client, ...changes }, { verify, isAddressIn });
}

describe('a password that bcrypt does not read to its end', () => {
  it('is refused for its own reason, right or wrong', async () => {
    const { hash } = await import('@node-rs/bcrypt');
    const made = indexUsers([{ line: 1, fields: { username: 'anna', hash: await hash('x'.repeat(72), 4) } }]);
    if (!made.ok) throw new Error('expected users');
    for (const password of ['x'.repeat(73), 'x\0', 'y'.repeat(80)])
      expect(
        await checkUser(
          made.users,
          { ...client, username: 'anna', password },
          { verify: verifyPassword, isAddressIn: () => true },
        ),
      ).toMatchObject({ result: 'deny', reason: 'password_not_covered' });
  });
});

describe('checkUser', () => {
  it.each<[Partial<Credentials>, object]>([
    [{ username: 'anna' }, { result: 'allow', user: { username: 'anna' } }],
    [
      { username: 'anna', password: 'wrong' },
      { result: 'deny', reason: 'bad_password' },
    ],
    [
      { username: 'anna', password: '' },
      { result: 'deny', reason: 'bad_password' },
    ],
    [{ clientid: 'meter-1' }, { result: 'allow', user: { clientid: 'meter-1' } }],
    [
      { username: 'nobody', clientid: 'meter-1' },
      { result: 'allow', user: { clientid: 'meter-1' } },
    ],
    [{ username: 'both', clientid: 'meter-2' }, { result: 'allow' }],
    [
      { username: 'both', clientid: 'meter-3' },
      { result: 'deny', reason: 'client_id_mismatch' },
    ],
    [{ clientid: 'meter-2' }, { result: 'unknown' }],
    [{ username: 'here' }, { result: 'allow' }],
    [
      { username: 'here', peerhost: '192.168.0.1' },
      { result: 'deny', reason: 'address_not_allowed' },
    ],
    [
      { username: 'here', peerhost: '192.168.0.1', password: 'wrong' },
      { result: 'deny', reason: 'bad_password' },
    ],
    [{ username: 'nobody' }, { result: 'unknown' }],
    [{ username: '', clientid: '' }, { result: 'unknown' }],
    [{ username: 'constructor', clientid: '__proto__' }, { result: 'unknown' }],
  ])('%j gives %j', async (changes, verdict) => {
    expect(await check(changes)).toMatchObject(verdict);
  });

  it('does the same work for known and unknown users', async () => {
    const costs = [];
    for (const changes of [
      { username: 'anna' },
      { username: 'anna', password: 'x' },
      { username: 'nobody' },
      { username: 'here', peerhost: '1.1.1.1' },
    ]) {
      const verify = vi.fn(async (_password: string, _hash: ParsedHash) => false);
      await check(changes, verify);
      costs.push(verify.mock.calls.map(([, hash]) => costOf(hash)));
    }
    expect(costs).toEqual(Array(4).fill(['argon2id m=1024,t=2,p=1']));
  });

  it('does not know a stranger, even one whose password opens the decoy', async () => {
    expect(await check({ username: 'nobody' }, async () => true)).toEqual({ result: 'unknown' });
  });
});
