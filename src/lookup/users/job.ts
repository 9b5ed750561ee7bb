/** Reading a users file, as work that another thread can do. */
import { isAscii } from 'node:buffer';
import type { JobResult } from '../../offload/jobs.ts';
import { findAddressProblem } from '../../policy/cidr.ts';
import type { UserOptions } from '../../policy/user-record.ts';
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

const tooLarge: PackedResult = {
  ok: false,
  problems: [
    { line: 0, message: 'has more than 512 MiB: split it into several files, each a method of its own' },
  ],
};

/** Nothing for more than a string can hold. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): string | undefined {
  const text = Buffer.from(buffer, byteOffset, byteLength);
  try {
    // A text of one byte a character stays out of the heap, which may be small.
    return text.toString(isAscii(text) ? 'latin1' : 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG') return undefined;
    throw error;
  }
}
