import { describe, expect, it } from 'vitest';
import { hashForms, hashPassword } from '../../../src/lookup/password/hash.ts';
import { verifyPassword } from '../../../src/lookup/password/verify.ts';
import { parseHashFields } from '../../../src/policy/login/password-fields.ts';
import { parseHash } from '../../../src/policy/login/password-forms.ts';
import { fieldsVectors, PASSWORD, textVectors } from './vectors.ts';

const vectors = [
  ...textVectors.map(({ name, hash, options, password = PASSWORD }) => ({
    name,
    hash: parseHash(hash, options),
    password,
  })),
  ...fieldsVectors.map(({ name, fields, password = PASSWORD }) => ({
    name,
    hash: parseHashFields(fields),
    password,
  })),
  { name: 'a plain password', hash: { kind: 'plain', password: PASSWORD } as const, password: PASSWORD },
];

describe('verifyPassword', () => {
  it.each(vectors)('accepts the password that was hashed and no other: $name', async ({ hash, password }) => {
    expect(await verifyPassword(password, hash)).toBe(true);
    for (const wrong of ['', `${password} `, password.slice(1), password.toUpperCase(), 'x'.repeat(70_000)]) {
      expect(await verifyPassword(wrong, hash)).toBe(false);
    }
  });

  const x72 = 'x'.repeat(72);

  it.each([
    ['longer than 72 bytes', `${x72}a`, [`${x72}a`, `${x72}b`]],
    ['longer than 72 bytes of UTF-8', 'é'.repeat(36), [`${'é'.repeat(36)}a`, 'é'.repeat(37)]],
    ['with a NUL', 'secret', ['secret\0', 'secret\0x']],
    ['of a NUL', '', ['\0', '\0x']],
  ])(
    'refuses with bcrypt, which would not look at all of it, a password %s',
    async (_, hashed, presented) => {
      const { hash } = await import('@node-rs/bcrypt');
      const parsed = parseHash(await hash(hashed, 4));
      for (const password of presented) expect(await verifyPassword(password, parsed)).toBe(false);
    },
  );

  it('takes a password of 72 bytes with bcrypt', async () => {
    const { hash } = await import('@node-rs/bcrypt');
    expect(await verifyPassword(x72, parseHash(await hash(x72, 4)))).toBe(true);
    expect(await verifyPassword('é'.repeat(36), parseHash(await hash('é'.repeat(36), 4)))).toBe(true);
  });

  it('looks at all of a password with every other form', async () => {
    for (const { hash, password } of vectors.filter(({ hash }) => hash.kind !== 'bcrypt'))
      expect(await verifyPassword(`${password}\0`, hash)).toBe(false);
    for (const form of hashForms.filter((name) => name !== 'bcrypt')) {
      const made = await hashPassword(`${x72}\0a`, form, {
        logN: 4,
        iterations: 10,
        passes: 1,
        memoryKiB: 64,
      });
      const hash = typeof made === 'string' ? parseHash(made) : parseHashFields(made);
      expect([form, await verifyPassword(`${x72}\0a`, hash)]).toEqual([form, true]);
      expect([form, await verifyPassword(`${x72}\0b`, hash)]).toEqual([form, false]);
    }
  });

  it.each([
    ['bcrypt', '$2b$10$E6B0wHD49XoES6YwSnKtM.aNrF1GMG4ugVvNQsMp90y3AW4dYj1ty'],
    [
      'argon2id',
      '$argon2id$v=19$m=65536,t=3,p=1$c2FsdHlzYWx0MTZieXRlcw$557I7XBNtYbBADIE9SYKvpzKVGlUQxIAFvfUAFWdZYc',
    ],
    ['scrypt', '$scrypt$ln=15,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$WR1WhV7lLTjE5goI5L//lyViee6N4+kNt8tp3dlIwZw'],
    ['pbkdf2', 'PBKDF2$sha512$100000$AAECAwQFBgcICQoLDA0ODw==$am8f6zaDEdql99yqOsSRKabJQc4='],
  ])('leaves the event loop free while %s works', async (_form, text) => {
    const hash = parseHash(text);
    await verifyPassword('warm up', hash);
    const order: string[] = [];
    const check = verifyPassword('wrong', hash).then(() => order.push('verified'));
    // Turns of the event loop that pass before the work is done: none if it blocked.
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('turn');
    }
    await check;
    expect(order.slice(0, 3)).toEqual(['turn', 'turn', 'turn']);
  });
});
