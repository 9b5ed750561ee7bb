/** Reads recordings, for `exhook replay` and tests. */
import { fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import * as z from 'zod';
import { methodOf } from './descriptors.ts';
import { findRpc, type Rpc } from './rpc.ts';

/** A call that can be replayed. */
export interface RecordedCall {
  /** Line of the recording, from 1. */
  readonly line: number;
  readonly rpc: Rpc;
  readonly path: string;
  /** Milliseconds since the first call. */
  readonly atMs: number;
  /** Arrival time, in milliseconds since 1970; absent in older recordings. */
  readonly timeMs?: number | undefined;
  /** Number of its connection. */
  readonly connection: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The protobuf message. */
  readonly bytes: Uint8Array;
}

/** A recorded call, and its file. */
export interface FileCall extends RecordedCall {
  readonly file: string;
}

export interface RecordingProblem {
  readonly line: number;
  readonly message: string;
}

export type Recording =
  | {
      readonly calls: readonly RecordedCall[] /** Calls whose bytes were not recorded. */;
      readonly skipped: number;
    }
  | { readonly problems: readonly RecordingProblem[] };

const expects = (what: string) => ({ error: `must be ${what}` });

const Line = z.object({
  path: z.string(expects('the path of an RPC')),
  at_ms: z
    .number(expects('a number of milliseconds'))
    .nonnegative(expects('a number of milliseconds'))
    .default(0),
  time_ms: z.int(expects('milliseconds since 1970')).optional(),
  connection: z.int(expects('the number of a connection')).default(1),
  headers: z.record(z.string(), z.string(expects('text')), expects('an object of texts')).default({}),
  message_base64: z.string(expects('text in base64')).optional(),
  message: z.record(z.string(), z.json(), expects('an object')).optional(),
  error: z.string(expects('text')).optional(),
});

/** Reads a whole recording. Every unreadable line is a problem. Unknown fields are ignored. */
export function readRecording(text: string): Recording {
  const calls: RecordedCall[] = [];
  const problems: RecordingProblem[] = [];
  let skipped = 0;
  text
    .replace(/^\ufeff/, '')
    .split('\n')
    .forEach((content, i) => {
      if (content.trim() === '') return;
      const read = readLine(content, i + 1);
      if (typeof read === 'string') problems.push({ line: i + 1, message: read });
      else if (read === undefined) skipped++;
      else calls.push(read);
    });
  return problems.length > 0 ? { problems } : { calls, skipped };
}

/** Returns a call, `undefined` if its bytes were not recorded, or what is wrong with the line. */
function readLine(content: string, line: number): RecordedCall | string | undefined {
  const json = parseJson(content);
  if (json === undefined)
    return 'is not JSON; if it is the last line, the recording was cut off: remove the line';
  const parsed = Line.safeParse(json);
  if (!parsed.success) return describe(parsed.error);
  const { path, at_ms: atMs, time_ms: timeMs, connection, headers, error } = parsed.data;
  const rpc = findRpc(path);
  if (rpc === undefined)
    return 'path: is not an RPC of ExHook, such as /emqx.exhook.v3.HookProvider/OnClientConnect';
  if (error !== undefined && parsed.data.message_base64 === undefined) return undefined;
  const bytes = readBytes(rpc, parsed.data);
  return typeof bytes === 'string' ? bytes : { line, rpc, path, atMs, timeMs, connection, headers, bytes };
}

/** `message_base64` contains the broker's bytes; a line written by hand has only `message`. */
function readBytes(rpc: Rpc, { message_base64, message }: z.output<typeof Line>): Uint8Array | string {
  if (message_base64 !== undefined)
    return attempt(() => base64Decode(message_base64)) ?? 'message_base64: is not base64';
  if (message === undefined) return 'has neither message_base64 nor message';
  const { input } = methodOf(rpc);
  const encoded = attempt(() =>
    toBinary(input, fromJson(input, message as JsonValue, { ignoreUnknownFields: true })),
  );
  return encoded ?? `message: is not a ${input.typeName} in the JSON mapping of protobuf`;
}

function parseJson(content: string): unknown {
  return attempt(() => JSON.parse(content));
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function describe(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'the line'}: ${message}`).join('; ');
}
