import { describe, expect, it } from 'vitest';
import {
  type HashForm,
  type HashPasswordOptions,
  hashForms,
  hashPassword,
  recommended,
} from '../../../src/lookup/password/hash.ts';
import { verifyPassword } from '../../../src/lookup/password/verify.ts';
import { parseHashFields } from '../../../src/policy/login/password-fields.ts';

/** Cheap parameters: these tests are about form. */
const cheap: HashPasswordOptions = { cost: 4, memoryKiB: 64, passes: 1, logN: 4, iterations: 10 };

const shapes: Record<HashForm, RegExp> = {
  argon2id: /^\$argon2id\$v=19\$m=64,t=1,p=1\$/,
  bcrypt: /^\$2b\$04\$/,
  scrypt: /^\$scrypt\$ln=4,r=8,p=1\$[^=]+\$[^=]+$/,
  pbkdf2: /^PBKDF2\$sha512\$10\$/,
  mosquitto: /^\$7\$10\$[^$]{16}\$[^$]{88}$/,
  'mosquitto-sha512': /^\$6\$[^$]{16}\$[^$]{88}$/,
  'emqx-pbkdf2': /"algorithm":"pbkdf2","mac_fun":"sha512","iterations":10,"dk_length":64/,
  sha512: /"algorithm":"sha512","salt_position":"prefix","salt":"[0-9a-f]{32}"/,
  sha256: /"algorithm":"sha256"/,
  sha1: /"algorithm":"sha1"/,
  md5: /"algorithm":"md5"/,
};

describe('hashPassword', () => {
  it.each(hashForms)('creates %s hashes that verify, each with its own salt', async (form) => {
    const [made, again] = await Promise.all([
      hashPassword('tide-pool', form, cheap),
      hashPassword('tide-pool', form, cheap),
    ]);
    expect(typeof made === 'string' ? made : JSON.stringify(made)).toMatch(shapes[form]);
    expect(made).not.toEqual(again);
    const parsed = parseHashFields(typeof made === 'string' ? { hash: made } : made);
    expect(await verifyPassword('tide-pool', parsed)).toBe(true);
    expect(await verifyPassword('rock-pool', parsed)).toBe(false);
  });

  it.each(['sha1', 'sha256', 'sha512'] as const)(
    'makes PBKDF2 in EMQX fields with %s',
    async (digestName) => {
      const made = await hashPassword('tide-pool', 'emqx-pbkdf2', { iterations: 10, digestName });
      if (typeof made === 'string') throw new Error('expected fields');
      expect(made.mac_fun).toBe(digestName);
      expect(await verifyPassword('tide-pool', parseHashFields(made))).toBe(true);
    },
  );

  it.each(['suffix', 'none'] as const)('puts the salt where configured: %s', async (saltPosition) => {
    const made = await hashPassword('tide-pool', 'sha256', { saltPosition });
    if (typeof made === 'string') throw new Error('expected fields');
    expect(made.salt === '').toBe(saltPosition === 'none');
    expect(await verifyPassword('tide-pool', parseHashFields(made))).toBe(true);
  });

  it('uses the recommended parameters when none are given', async () => {
    expect(await hashPassword('tide-pool')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hashPassword('tide-pool', 'bcrypt')).toMatch(/^\$2b\$10\$/);
    expect(await hashPassword('tide-pool', 'mosquitto')).toMatch(/^\$7\$210000\$/);
  });

  it('pins the recommended parameters (OWASP Password Storage Cheat Sheet)', () => {
    expect(recommended).toEqual({
      bcryptCost: 10,
      argon2id: { memoryKiB: 19_456, passes: 2, lanes: 1 },
      scrypt: { logN: 17, r: 8, p: 1 },
      pbkdf2: { sha1: 1_300_000, sha256: 600_000, sha512: 210_000 },
    });
  });

  it('refuses what would make a weak or unusable hash', async () => {
    for (const password of ['x'.repeat(73), 'a\0b'])
      await expect(hashPassword(password, 'bcrypt', { cost: 4 })).rejects.toThrow(/after 72 bytes/);
    await expect(hashPassword('x', 'bcrypt', { cost: 99 })).rejects.toThrow(/bcrypt cost is out of range/);
    await expect(hashPassword('x', 'mosquitto', { iterations: 0 })).rejects.toThrow(
      /iterations is out of range/,
    );
    await expect(hashPassword('x', 'scrypt', { logN: 40 })).rejects.toThrow(/scrypt logN is out of range/);
  });
});
