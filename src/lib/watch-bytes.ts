/** Watches a file that may be large: reads it as bytes, in pieces, and compares digests. */
import { stat } from 'node:fs/promises';
import { bytesOf, type FileBytes, readBytes } from './read-bytes.ts';
import { type FileWatch, type WatchOptions, watchFile } from './watch.ts';

export interface BytesWatchOptions
  extends Pick<WatchOptions, 'fs' | 'timers' | 'interval' | 'onProblem' | 'allowEmpty'> {
  /** The digest of the known content: only other content is reported. */
  readonly known: string;
  /** Called with the new content, once per change; the callee owns it. */
  readonly onBytes: (bytes: FileBytes) => void;
  /** Called when the file could be read, changed or not. */
  readonly onRead?: () => void;
}

/** Reads a file from the file system of a test or the real one. */
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
      // The watch keeps and compares only the digest.
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
