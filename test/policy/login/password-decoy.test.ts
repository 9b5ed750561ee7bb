import { describe, expect, it } from 'vitest';
import { verifyPassword } from '../../../src/lookup/password/verify.ts';
import { costOf, decoyFor } from '../../../src/policy/login/password-decoy.ts';
import { parseHashFields } from '../../../src/policy/login/password-fields.ts';
import { parseHash } from '../../../src/policy/login/password-forms.ts';
import { fieldsVectors, PASSWORD, textVectors } from '../../lookup/password/vectors.ts';

const all = [
  ...textVectors.map(({ name, hash, options, password }) => ({
    name,
    hash: parseHash(hash, options),
    password,
  })),
  ...fieldsVectors.map(({ name, fields, password }) => ({ name, hash: parseHashFields(fields), password })),
];

describe('decoyFor', () => {
  it.each(all)(
    'makes a decoy of the same cost that the password does not open: $name',
    async ({ hash, password }) => {
      const decoy = decoyFor([hash]);
      if (decoy === undefined) throw new Error('expected a decoy');
      expect(costOf(decoy)).toBe(costOf(hash));
      expect(decoy).not.toEqual(hash);
      expect(await verifyPassword(password ?? PASSWORD, decoy)).toBe(false);
    },
  );

  it('has the cost that most hashes have', () => {
    const cheap = parseHashFields({ algorithm: 'md5', hash: '64e66ba4e07f55f9cce1b42efcc08f46' });
    const dear = parseHash('$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty');
    expect(decoyFor([cheap, dear, dear])?.kind).toBe('bcrypt');
    expect(decoyFor([cheap, cheap, dear])?.kind).toBe('salted');
  });

  it('is not needed without a user', () => {
    expect(decoyFor([])).toBeUndefined();
  });

  it('keeps nothing of a plain password', () => {
    expect(decoyFor([{ kind: 'plain', password: 'tide-pool' }])).toEqual({ kind: 'plain', password: '' });
  });
});
