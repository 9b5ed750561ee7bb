import { describe, expect, it } from 'vitest';
import { type HashFields, parseHashFields } from '../../../src/policy/login/password-fields.ts';
import { HashError } from '../../../src/policy/login/password-hash.ts';

const HEX32 = 'e25cb4843c6cc39db9b13f3af54314f327ce77090ee8c74ec47be7ffe1127e96';
const BCRYPT = '$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty';

describe('parseHashFields', () => {
  it('takes a hash that names its form without settings, and in spite of them', () => {
    expect(parseHashFields({ hash: BCRYPT }).kind).toBe('bcrypt');
    expect(parseHashFields({ hash: BCRYPT, algorithm: 'bcrypt', salt: BCRYPT.slice(0, 29) }).kind).toBe(
      'bcrypt',
    );
    expect(parseHashFields({ hash: BCRYPT, algorithm: 'sha256' }).kind).toBe('bcrypt');
  });

  it('reads the salt as text, also where it looks like hexadecimal', () => {
    const parsed = parseHashFields({ algorithm: 'sha256', salt: 'de10', hash: HEX32 });
    expect(parsed).toMatchObject({ salt: new TextEncoder().encode('de10') });
  });

  it('takes plain passwords with the switch only', () => {
    const fields: HashFields = { algorithm: 'plain', hash: 'tide-pool' };
    expect(() => parseHashFields(fields)).toThrow(/plain passwords are refused.*allowPlain/);
    expect(parseHashFields(fields, { allowPlain: true })).toEqual({ kind: 'plain', password: 'tide-pool' });
    expect(() => parseHashFields({ ...fields, salt: 'x' }, { allowPlain: true })).toThrow(/has no salt/);
  });

  it('refuses a plain password that is a reference to a variable in braces', () => {
    const read = (hash: string) => parseHashFields({ algorithm: 'plain', hash }, { allowPlain: true });
    expect(() => read('${DEVICE_PASSWORD}')).toThrow(/contains a variable.*exhook hash/);
    for (const hash of ['$DEVICE', '${device}', '${A}b'])
      expect(read(hash)).toEqual({ kind: 'plain', password: hash });
  });

  it.each<[HashFields, RegExp]>([
    [{ hash: HEX32 }, /not a known form/],
    [{ algorithm: 'bcrypt', hash: HEX32 }, /bcrypt hash is malformed/],
    [{ algorithm: 'argon2id', hash: HEX32 }, /argon2id hash is malformed/],
    [{ algorithm: 'md5', hash: HEX32 }, /md5 hash has the wrong length: expected 32 hexadecimal digits/],
    [{ algorithm: 'sha256', hash: HEX32.slice(1) }, /sha256 hash is not hexadecimal/],
    [{ algorithm: 'sha256', hash: '' }, /sha256 hash is not hexadecimal/],
    [{ algorithm: 'pbkdf2', iterations: 1000, hash: HEX32 }, /needs "mac_fun"/],
    [{ algorithm: 'pbkdf2', mac_fun: 'sha256', hash: HEX32 }, /needs "iterations"/],
    [{ algorithm: 'pbkdf2', mac_fun: 'sha256', iterations: 0, hash: HEX32 }, /needs "iterations"/],
    [{ algorithm: 'pbkdf2', mac_fun: 'sha256', iterations: Number.NaN, hash: HEX32 }, /needs "iterations"/],
    [
      { algorithm: 'pbkdf2', mac_fun: 'sha256', iterations: 10, dk_length: 20, hash: HEX32 },
      /"dk_length" says 20/,
    ],
    [{ algorithm: 'pbkdf2', mac_fun: 'sha256', iterations: 10, hash: 'abcd' }, /pbkdf2 hash is too short/],
  ])('refuses %j', (fields, message) => {
    expect(() => parseHashFields(fields)).toThrow(HashError);
    expect(() => parseHashFields(fields)).toThrow(message);
  });
});
