import { describe, expect, it, vi } from 'vitest';

const loaded: string[] = [];
vi.mock('@node-rs/bcrypt', () => {
  loaded.push('bcrypt');
  return { verify: async () => true };
});
vi.mock('@node-rs/argon2', () => {
  loaded.push('argon2');
  throw new Error('no binary for this platform');
});

const { parseHash } = await import('../../../src/policy/login/password-forms.ts');
const { verifyPassword } = await import('../../../src/lookup/password/verify.ts');

describe('the native libraries', () => {
  it('are loaded when the first hash of their kind is checked, not before', async () => {
    await verifyPassword(
      'x',
      parseHash('$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$WR1WhV7lLTjE5goI5L//lyViee6N4+kNt8tp3dlIwZw'),
    );
    expect(loaded).toEqual([]);
    await verifyPassword('x', parseHash('$2y$05$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty'));
    expect(loaded).toEqual(['bcrypt']);
  });

  it('say which form needs them when they cannot be loaded', async () => {
    const hash = parseHash(
      '$argon2id$v=19$m=64,t=1,p=1$c2FsdHlzYWx0MTZieXRlcw$557I7XBNtYbBADIE9SYKvpzKVGlUQxIAFvfUAFWdZYc',
    );
    await expect(verifyPassword('x', hash)).rejects.toThrow('cannot load the library for argon2id hashes');
  });
});
