import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserPacker } from '../../../src/lookup/users/packed/builder.ts';
import { discardPackedUsers, openPackedUsers } from '../../../src/lookup/users/packed/packed-users.ts';
import { sipHash } from '../../../src/lookup/users/packed/sip-hash.ts';
import type { ParsedHash } from '../../../src/policy/login/password-hash.ts';
import type { User } from '../../../src/policy/login/user-record.ts';
import { UserMaps } from '../../../src/policy/login/users.ts';

const count = fc.nat({ max: 2 ** 32 - 1 });
const bytes = fc.uint8Array({ maxLength: 200 }).map((value) => new Uint8Array(value));
const digestName = fc.constantFrom('md5', 'sha1', 'sha256', 'sha512' as const);
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

const anyHash: fc.Arbitrary<ParsedHash> = fc.oneof(
  fc.record({ kind: fc.constant('bcrypt'), cost: fc.integer({ min: 4, max: 18 }), encoded: anyText }),
  fc.record({
    kind: fc.constant('argon2id'),
    memoryKiB: count,
    passes: count,
    lanes: count,
    encoded: anyText,
  }),
  fc.record({ kind: fc.constant('scrypt'), logN: count, r: count, p: count, salt: bytes, digest: bytes }),
  fc.record({ kind: fc.constant('pbkdf2'), digestName, iterations: count, salt: bytes, digest: bytes }),
  fc.record({
    kind: fc.constant('salted'),
    digestName,
    position: fc.constantFrom('prefix', 'suffix', 'none' as const),
    salt: bytes,
    digest: bytes,
  }),
  fc.record({ kind: fc.constant('plain'), password: anyText }),
) as fc.Arbitrary<ParsedHash>;

// Few names, so many are listed twice; with one byte per character, with two, and with lone surrogates.
const anyName = fc.oneof(
  fc.constantFrom('a', 'b', 'ÿ', 'Ā', '\ud800', '\ufffd', 'a\0', '\0a'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
);

const anyUser: fc.Arbitrary<User> = fc
  .record({
    username: fc.option(anyName, { nil: undefined }),
    clientid: fc.option(anyName, { nil: undefined }),
    hash: anyHash,
    tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), anyText, { maxKeys: 3 }),
    addresses: fc.array(anyText, { maxLength: 2 }),
  })
  .filter(({ username, clientid }) => username !== undefined || clientid !== undefined)
  .map(({ username, clientid, ...rest }) => ({
    ...(username !== undefined && { username }),
    ...(clientid !== undefined && { clientid }),
    ...rest,
    tags: Object.assign(Object.create(null), rest.tags),
  }));

function pack(users: readonly User[]) {
  const packer = new UserPacker();
  const added = users.map((user) => packer.add(user));
  const packed = packer.finish();
  return { added, packed, index: openPackedUsers(packed) };
}

const bcrypt = (encoded: string): ParsedHash => ({ kind: 'bcrypt', cost: 10, encoded });
const userOf = (username: string): User => ({ username, hash: bcrypt(username), tags: {}, addresses: [] });

describe('packed users', () => {
  it('are those that were packed, whatever is in them, and the first of each name', () => {
    fc.assert(
      fc.property(fc.array(anyUser, { maxLength: 30 }), fc.array(anyName), (users, others) => {
        const plain = new UserMaps();
        const expected = users.map((user) => plain.add(user));
        const { added, index } = pack(users);
        expect(added).toEqual(expected);
        expect([index.size, index.decoy]).toEqual([plain.size, plain.decoy]);
        const names = users.flatMap(({ username = '', clientid = '' }) => [username, clientid]);
        for (const name of [...names, ...others, ''])
          for (const by of ['byUsername', 'byClientId'] as const)
            for (const _ of [1, 2]) expect(index[by].get(name)).toEqual(plain[by].get(name));
      }),
      { numRuns: 300 },
    );
  });

  it('are found among a hundred thousand, and nobody else is', () => {
    const { index } = pack(Array.from({ length: 100_000 }, (_, i) => userOf(`device-${i}`)));
    for (let i = 0; i < 100_000; i += 7)
      expect(index.byUsername.get(`device-${i}`)?.hash).toEqual(bcrypt(`device-${i}`));
    for (const name of ['device-', 'device-100000', 'x'.repeat(65_535), ''])
      expect(index.byUsername.get(name)).toBeUndefined();
    expect(index.byClientId.get('device-1')).toBeUndefined();
  });

  it('stay as read when their memory is released, and cannot be asked again', () => {
    const { index, packed } = pack([userOf('a')]);
    const user = index.byUsername.get('a');
    discardPackedUsers(packed);
    expect(user).toEqual(userOf('a'));
    expect([packed.bytes.byteLength, packed.slots.byteLength]).toEqual([0, 0]);
    expect(() => index.byUsername.get('a')).toThrow(/replaced/);
  });
});

describe('sipHash', () => {
  // The first of vectors_hsip32 of the reference implementation, for the key 00 01 .. 07 and the bytes 00 01 ..
  it.each([
    [0, 'a9359f5b'],
    [1, '27475ab8'],
    [2, 'fa62a603'],
    [3, '8afee704'],
  ])('gives the reference vector of %i bytes', (length, expected) => {
    const input = Uint8Array.from({ length: 8 }, (_, i) => i);
    const hash = Buffer.alloc(4);
    hash.writeUInt32LE(sipHash(input, 0, length, [0x03020100, 0x07060504]));
    expect(hash.toString('hex')).toBe(expected);
  });
});
