/** Provides a public key from a file that is reloaded when it changes. */
import { readFile } from 'node:fs/promises';
import { type WatchOptions, watchFile } from '../../lib/watch.ts';
import { publicKeyAlgorithms } from './algorithms.ts';
import { publicKeys, type TokenKeys } from './keys.ts';

export interface KeyFileOptions extends Pick<WatchOptions, 'fs' | 'timers' | 'interval'> {
  readonly path: string;
  /** Default: all that the key can verify. */
  readonly algorithms?: readonly string[];
  /** Called when the file cannot be used; the old key stays in effect. */
  readonly onProblem: (message: string) => void;
}

export interface KeyFile extends TokenKeys {
  /** Reads the file now, for SIGHUP. */
  reload(): Promise<void>;
}

/**
 * Opens the file and watches it.
 *
 * @throws TypeError or the error of the file system when the key cannot be used at start.
 */
export async function openKeyFile({
  path,
  algorithms,
  onProblem,
  ...watchOptions
}: KeyFileOptions): Promise<KeyFile> {
  const read = (publicKey: string) => publicKeys({ publicKey, ...(algorithms && { algorithms }) });
  const known = await (watchOptions.fs ?? { readFile }).readFile(path, 'utf8');
  let keys = read(known);
  const onText = (text: string) => {
    try {
      keys = read(text);
    } catch (error) {
      onProblem(`${path}: ${error instanceof Error ? error.message : 'cannot be used'}`);
    }
  };
  const watch = watchFile(path, { ...watchOptions, known, onText, onProblem });
  return {
    // The next key may be of another type.
    algorithms: algorithms ?? publicKeyAlgorithms,
    find: (header, signal) => keys.find(header, signal),
    reload: () => watch.check(),
    close: () => watch.close(),
  };
}
