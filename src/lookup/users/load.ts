/** From the bytes of a users file to users, on a thread of their own when there are many. */
import type { Job } from '../../lib/offload/job.ts';
import { type Offload, OffloadError, offload } from '../../lib/offload/offload.ts';
import type { UserOptions } from '../../policy/login/user-record.ts';
import { type UsersJob, usersJob } from './job.ts';
import { formatOf, type PackedResult, type UserFormat } from './parse.ts';

export interface LoadOptions extends Pick<UserOptions, 'hash' | 'userId' | 'allowPlain' | 'saltEncoding'> {
  readonly path: string;
  /** Default: what the file's extension says. */
  readonly format?: UserFormat;
  /** Default: the built program's own thread. */
  readonly offload?: Offload;
}

export const usersFileJob: Job<UsersJob['input'], UsersJob['output']> = {
  name: 'users',
  load: async () => usersJob,
};

/** Files up to this size, in bytes, are read within about ten milliseconds, less than it takes to start a thread. */
const SMALL = 64 * 1024;
/** The same for YAML, which takes longest. */
const SMALL_YAML = 8 * 1024;

/** Reads and packs users; the bytes are empty afterwards. Never rejects. */
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
