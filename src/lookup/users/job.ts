/** Reads a users file, as a job that can run on another thread. */

import type { JobResult } from '../../lib/offload/job.ts';
import { TOO_LARGE, textOf } from '../../lib/text-of.ts';
import type { UserOptions } from '../../policy/login/user-record.ts';
import { findAddressProblem } from '../../policy/text/cidr.ts';
import { type PackedResult, packUsers, type UserFormat } from './parse.ts';

export interface UsersInput {
  /** The text of the file, in UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly format: UserFormat;
  readonly options: Omit<UserOptions, 'findAddressProblem'>;
}

export interface UsersJob {
  readonly input: UsersInput;
  readonly output: PackedResult;
}

export function usersJob({ bytes, format, options }: UsersInput): JobResult<PackedResult> {
  const text = textOf(bytes);
  if (text === undefined) return { output: tooLarge, transfer: [] };
  const output = packUsers(text, format, { ...options, findAddressProblem });
  return { output, transfer: output.ok ? [output.packed.bytes, output.packed.slots] : [] };
}

const tooLarge: PackedResult = { ok: false, problems: [{ line: 0, message: TOO_LARGE }] };
