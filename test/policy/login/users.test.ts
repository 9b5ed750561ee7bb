import { describe, expect, it } from 'vitest';
import type { UserOptions } from '../../../src/policy/login/user-record.ts';
import { indexUsers, MAX_PROBLEMS } from '../../../src/policy/login/users.ts';

const HASH = '$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty';
const HEX = 'e25cb4843c6cc39db9b13f3af54314f327ce77090ee8c74ec47be7ffe1127e96';

function index(list: readonly unknown[], options?: UserOptions) {
  return indexUsers(
    list.map((fields, i) => ({ line: i + 1, fields })),
    options,
  );
}

function only(fields: unknown, options?: UserOptions) {
  const result = index([fields], options);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const [user] = [...result.users.byUsername.values(), ...result.users.byClientId.values()];
  return user;
}

describe('indexUsers', () => {
  it('finds users by user name, and those without one by client id', () => {
    const result = index([
      { username: 'anna', hash: HASH },
      { clientid: 'meter-1', hash: HASH },
      { username: 'both', clientid: 'meter-2', hash: HASH },
    ]);
    if (!result.ok) throw new Error('expected users');
    expect([...result.users.byUsername.keys()]).toEqual(['anna', 'both']);
    expect([...result.users.byClientId.keys()]).toEqual(['meter-1']);
    expect(result.users.size).toBe(3);
    expect(result.users.decoy?.kind).toBe('bcrypt');
  });

  it('reads tags, addresses and the superuser flag', () => {
    const user = only({
      username: 'a',
      hash: HASH,
      tags: ['site=berlin'],
      addresses: ['10.0.0.0/8'],
      is_superuser: true,
    });
    expect(user).toMatchObject({ tags: { site: 'berlin', superuser: 'true' }, addresses: ['10.0.0.0/8'] });
    expect(only({ username: 'a', hash: HASH, addresses: '10.0.0.0/8; ::1' })?.addresses).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
    expect({ ...only({ username: 'a', hash: HASH, is_superuser: 'false' })?.tags }).toEqual({});
  });

  it.each([
    ['1', { superuser: 'true' }],
    [1, { superuser: 'true' }],
    ['0', {}],
    [0, {}],
    ['', {}],
    [null, {}],
  ])('reads the superuser flag %j of an export from a database', (is_superuser, tags) => {
    expect({ ...only({ username: 'a', hash: HASH, is_superuser })?.tags }).toEqual(tags);
  });

  it('reads rows of EMQX with the settings of their authenticator', () => {
    const row = { user_id: 'myuser', password_hash: HEX, salt: 'de10', is_superuser: 'true' };
    const hash = { algorithm: 'sha256', salt_position: 'prefix' } as const;
    expect(only(row, { hash })).toMatchObject({
      username: 'myuser',
      hash: { kind: 'salted', digestName: 'sha256' },
    });
    expect(only(row, { hash, userId: 'clientid' })).toMatchObject({ clientid: 'myuser' });
    expect(
      only({ ...row, algorithm: 'pbkdf2', mac_fun: 'sha256', iterations: '1000' }, { hash }),
    ).toMatchObject({
      hash: { kind: 'pbkdf2', iterations: 1000 },
    });
  });

  it('takes a hash as fields, and a plain password with the switch', () => {
    expect(only({ username: 'a', hash: { algorithm: 'sha256', hash: HEX } })?.hash.kind).toBe('salted');
    expect(only({ username: 'a', password: 'x' }, { allowPlain: true })?.hash.kind).toBe('plain');
  });

  it.each<[unknown, RegExp, UserOptions?]>([
    [null, /expected object/],
    ['anna', /expected object/],
    [{ hash: HASH }, /needs a "username" or a "clientid"/],
    [{ username: '', hash: HASH }, /needs a "username"/],
    [{ username: 7, hash: HASH }, /username: /],
    [{ username: 'a' }, /needs one of "hash"/],
    [{ username: 'a', hash: '' }, /needs one of "hash"/],
    [{ username: 'a', hash: HASH, password: 'x' }, /needs one of "hash"/],
    [{ username: 'a', hash: HASH, password_hash: HASH }, /needs one of "hash"/],
    [{ username: 'a', hash: 'x' }, /not a known form/],
    [{ username: 'a', hash: 5 }, /hash: expected a password hash/],
    [{ username: 'a', password: 'x' }, /plain passwords are refused/],
    [{ username: 'a', hash: HASH, role: 'x' }, /unknown field: the known ones are username/],
    [{ username: 'a', hash: HASH, tags: { '': 1 } }, /tags: expected/],
    [{ username: 'a', hash: HASH, is_superuser: 'yes' }, /is_superuser: /],
    [{ username: 'a', hash: HEX, algorithm: 'sha3' }, /algorithm: .*sha512/],
    [
      { username: 'a', hash: HEX, algorithm: 'pbkdf2', mac_fun: 'sha256', iterations: 'many' },
      /iterations: /,
    ],
    [
      { username: 'a', hash: HASH, addresses: ['x'] },
      /addresses: no network/,
      { findAddressProblem: () => 'no network' },
    ],
  ])('refuses %j', (fields, message, options) => {
    const result = index([fields], options);
    expect(result).toMatchObject({ ok: false, problems: [{ line: 1 }] });
    expect(!result.ok && result.problems[0]?.message).toMatch(message);
  });

  it('reports every problem with its line and loads nothing by half', () => {
    const result = index([
      { username: 'a', hash: HASH },
      { username: 'b' },
      { username: 'a', hash: HASH },
      { hash: 'x', tags: 4 },
    ]);
    expect(result).toEqual({
      ok: false,
      problems: [
        { line: 2, message: expect.stringMatching(/needs one of/) },
        { line: 3, message: 'this user is listed twice' },
        { line: 4, message: expect.stringMatching(/not a known form/) },
        { line: 4, message: expect.stringMatching(/needs a "username"/) },
        { line: 4, message: expect.stringMatching(/tags/) },
      ],
    });
  });

  it('stops where it has seen enough', () => {
    const result = index(Array.from({ length: 1000 }, () => ({})));
    expect(!result.ok && result.problems.length).toBeLessThan(MAX_PROBLEMS + 3);
  });

  it('never reveals a secret', () => {
    const secret = 'SECRET-tide-pool';
    for (const fields of [
      { username: 'a', hash: secret },
      { username: 'a', password: secret },
      { username: 'a', hash: { algorithm: 'md5', hash: secret } },
      { username: 'a', hash: HASH, iterations: secret },
      { username: 'a', algorithm: secret, hash: HASH },
      { username: 'a', hash: HASH, [secret]: 1 },
    ]) {
      expect(JSON.stringify(index([fields]))).not.toContain(secret);
    }
  });
});
