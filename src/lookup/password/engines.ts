/**
 * The two native hash libraries, loaded when the first hash of their kind occurs: who has no such hash needs
 * neither their memory nor a binary for the platform. Both run on libuv's thread pool.
 */

type Bcrypt = typeof import('@node-rs/bcrypt');
type Argon2 = typeof import('@node-rs/argon2');

export const loadBcrypt = lazily<Bcrypt>('bcrypt', () => import('@node-rs/bcrypt'));
export const loadArgon2 = lazily<Argon2>('argon2id', () => import('@node-rs/argon2'));

function lazily<Module>(form: string, load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | undefined;
  return () => {
    loaded ??= load().catch((cause: unknown) => {
      loaded = undefined;
      throw new Error(`cannot load the library for ${form} hashes: is there a binary for this platform?`, {
        cause,
      });
    });
    return loaded;
  };
}
