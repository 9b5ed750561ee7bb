/** The recorded lives of brokers: two releases, and a build of the 6.3 line that has message.ingress. */
import { readFileSync } from 'node:fs';

/** One call as a broker sent it. */
export interface RecordedCall {
  /** Place in order of arrival, from 1. */
  readonly seq: number;
  /** Milliseconds since the first call. */
  readonly at_ms: number;
  /** Number of the HTTP/2 connection. */
  readonly connection: number;
  readonly path: string;
  /** As received, pseudo-headers aside. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message as sent, without the 5-byte prefix of gRPC. */
  readonly message_base64: string;
  /** The same decoded, in protobuf's JSON form; absent fields are left out. */
  readonly message: Readonly<Record<string, unknown>>;
}

export const recordings = ['emqx-5.3.2', 'emqx-5.10.3', 'emqx-6.3-ingress'] as const;

export function readRecording(name: (typeof recordings)[number]): RecordedCall[] {
  const text = readFileSync(new URL(`../fixtures/recordings/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export function bytesOf(call: RecordedCall): Uint8Array {
  return new Uint8Array(Buffer.from(call.message_base64, 'base64'));
}
