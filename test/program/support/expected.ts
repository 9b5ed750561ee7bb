/** The events that a recorded life must yield, from test/fixtures/expected, as they are written to standard output. */
import { readFileSync } from 'node:fs';
import type { RecordedCall } from '../../support/recordings.ts';
import type { CloudEvent } from './cloud-events.ts';

/** The content of an event, without stamped attributes. */
export interface Said {
  readonly type: string;
  readonly subject?: string;
  readonly data: unknown;
}

/** One for each call that yields an event, in the order of the calls. */
export function readExpected(life: string): Said[] {
  const text = readFileSync(new URL(`../../fixtures/expected/${life}.jsonl`, import.meta.url), 'utf8');
  return text.trimEnd().split('\n').map(expect);
}

function expect(line: string): Said {
  const { type, subject, data } = JSON.parse(line);
  return { type, ...(subject && { subject }), data: asWritten(data) };
}

/** The fields that are 64-bit integers in the protocol: text in the fixtures, numbers where events are written. */
const bigIntegers = new Set(['uptime', 'timestamp']);

function asWritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asWritten);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
      if (bigIntegers.has(name)) return [[name, Number(field)]];
      if (name !== 'payload') return [[name, asWritten(field)]];
      const bytes = Buffer.from((field as { base64: string }).base64, 'base64');
      const isText = Buffer.from(bytes.toString('utf8')).equals(bytes);
      return [
        ['payload', bytes.toString(isText ? 'utf8' : 'base64')],
        ['payloadEncoding', isText ? 'utf8' : 'base64'],
      ];
    }),
  );
}

export function said({ type, subject, data }: CloudEvent): Said {
  return { type, ...(subject !== undefined && { subject }), data };
}

/** Whether a call yields an event: all do but the verdicts about logins and topics. */
export function yieldsEvent({ path }: RecordedCall): boolean {
  return !/\/OnClient(Authenticate|Authorize|CheckAcl)$/.test(path);
}

/** The passwords that are in a recording. */
export function passwordsOf(life: readonly RecordedCall[]): string[] {
  const found = life.flatMap(({ message }) => {
    const { password } = (message.clientinfo ?? {}) as { password?: string };
    return password === undefined ? [] : [password];
  });
  return [...new Set(found)];
}
