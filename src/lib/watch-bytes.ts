/** Watches a file that may be large: it is read as bytes, in pieces, and told from what is known by a digest. */
import { stat } from 'node:fs/promises';
import { bytesOf, type FileBytes, readBytes } from './read-bytes.ts';
import { type FileWatch, type WatchOptions, watchFile } from './watch.ts';

export interface BytesWatchOptions
  extends Pick<WatchOptions, 'fs' | 'timers' | 'interval' | 'onProblem' | 'allowEmpty'> {
  /** The digest of what is known already: only other contents are reported. */
  readonly known: string;
  /** Called with the new contents, once a change; they belong to whoever is called. */
  readonly onBytes: (bytes: FileBytes) => void;
  /** Called when the file could be read, whether or not it has changed. */
  readonly onRead?: () => void;
}

/** Reads a file from a file system, that of a test or the real one. */
export async function readFileBytes(path: string, fs: WatchOptions['fs']): Promise<FileBytes> {
  return fs === undefined ? await readBytes(path) : bytesOf(await fs.readFile(path, 'utf8'));
}

/** Watches a file until closed. */
export function watchBytes(path: string, options: BytesWatchOptions): FileWatch {
  const { known, onBytes, onRead, onProblem, allowEmpty, fs, timers, interval } = options;
  let taken = known;
  let unread: FileBytes | undefined;
  return watchFile(path, {
    known,
    fs: {
      stat: fs?.stat ?? stat,
      // What the watch keeps and compares is the digest.
      async readFile(name) {
        const version = await readFileBytes(name, fs);
        unread = version.digest === taken ? undefined : version;
        onRead?.();
        return version.digest;
      },
    },
    onText() {
      if (unread === undefined) return;
      const version = unread;
      taken = version.digest;
      unread = undefined;
      onBytes(version);
    },
    onProblem,
    allowEmpty,
    ...(timers && { timers }),
    ...(interval !== undefined && { interval }),
  });
}
