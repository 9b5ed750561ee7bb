/**
 * Loads the two native hash libraries. Both run on libuv's thread pool.
 *
 * They are loaded when users are opened: later, file descriptors may be exhausted and no file can be opened. A
 * platform may have no binary for one of them: that matters only when a hash of its kind occurs.
 */
import { createRequire } from 'node:module';

type Bcrypt = typeof import('@node-rs/bcrypt');
type Argon2 = typeof import('@node-rs/argon2');

const require = createRequire(import.meta.url);

export const loadBcrypt = lazily<Bcrypt>('bcrypt', () =>
  import('@node-rs/bcrypt').catch(again('@node-rs/bcrypt')),
);
export const loadArgon2 = lazily<Argon2>('argon2id', () =>
  import('@node-rs/argon2').catch(again('@node-rs/argon2')),
);

/** Node remembers for ever that an import has failed, but retries `require`. */
function again(name: string) {
  return (error: NodeJS.ErrnoException) => {
    if (error.code === 'EMFILE' || error.code === 'ENFILE') return require(name);
    throw error;
  };
}

/** Loads those that are available. */
export async function preloadEngines(): Promise<void> {
  await Promise.allSettled([loadBcrypt(), loadArgon2()]);
}

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
