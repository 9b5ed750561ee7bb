/** Turns the bytes of a users file into users, on another thread when there are many. */
import type { Job } from '../../lib/offload/job.ts';
import { type Offload, OffloadError, offload } from '../../lib/offload/offload.ts';
import type { UserOptions } from '../../policy/login/user-record.ts';
import { type UsersJob, usersJob } from './job.ts';
import { formatOf, type PackedResult, type UserFormat } from './parse.ts';

export interface LoadOptions extends Pick<UserOptions, 'hash' | 'userId' | 'allowPlain' | 'saltEncoding'> {
  readonly path: string;
  /** Default: by the file's extension. */
  readonly format?: UserFormat;
  /** Default: the thread of the built program. */
  readonly offload?: Offload;
}

export const usersFileJob: Job<UsersJob['input'], UsersJob['output']> = {
  name: 'users',
  load: async () => usersJob,
};

/** Files up to this size, in bytes, are read in about ten milliseconds, less than a thread takes to start. */
const SMALL = 64 * 1024;
/** The same limit for YAML, which is the slowest format. */
const SMALL_YAML = 8 * 1024;

/** Reads and packs users; the bytes are emptied. Never rejects. */
export async function loadUsers(
  bytes: Uint8Array<ArrayBuffer>,
  { path, format = formatOf(path), offload: run = offload, ...given }: LoadOptions,
): Promise<PackedResult> {
  if (format === undefined) return refused('unknown extension: set "format"');
  const { hash, userId, allowPlain, saltEncoding } = given;
  const options = {
    ...(hash !== undefined && { hash }),
    ...(userId !== undefined && { userId }),
    ...(allowPlain !== undefined && { allowPlain }),
    ...(saltEncoding !== undefined && { saltEncoding }),
  };
  const input = { bytes, format, options };
  if (bytes.length <= (format === 'yaml' ? SMALL_YAML : SMALL)) return usersJob(input).output;
  try {
    return await run(usersFileJob, input, [bytes.buffer]);
  } catch (error) {
    if (error instanceof OffloadError) return refused(error.message);
    throw error;
  }
}

function refused(message: string): PackedResult {
  return { ok: false, problems: [{ line: 0, message }] };
}
