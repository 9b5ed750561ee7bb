/** Formats deliveries that a sink has rejected: for another sink, or as lines of a file. */
import { isUtf8 } from 'node:buffer';
import { appendFile } from 'node:fs/promises';
import { quote } from '../sinks/cloudevents/json-text.ts';
import type { Delivery } from '../sinks/delivery.ts';

export interface DeadLetter {
  readonly delivery: Delivery;
  /** The name of the sink that rejected it. */
  readonly sink: string;
  readonly reason: string;
}

/** The delivery with two more attributes: which sink rejected it, and why. */
export function markDead({ delivery, sink, reason }: DeadLetter): Delivery {
  const { id, key, target, format, contentType, attributes, body } = delivery;
  const marks = { deadlettersink: sink, deadletterreason: reason };
  return {
    id,
    key,
    target,
    format,
    contentType,
    attributes: { ...attributes, ...marks },
    body: format === 'structured' ? insert(body, marks) : body,
  };
}

/** The body of a structured event, a JSON object, holds its attributes too. */
function insert(body: Uint8Array, marks: Readonly<Record<string, string>>): Uint8Array {
  const fields = Object.entries(marks).map(([name, value]) => `"${name}":${quote(value)},`);
  return Buffer.concat([Buffer.from(`{${fields.join('')}`), body.subarray(1)]);
}

/** One line of a file. The body is text if it is UTF-8, else base64, as in the data of events. */
export function deadLetterLine({ delivery, sink, reason }: DeadLetter, time: number): string {
  const { id, key, target, format, contentType, attributes, body } = delivery;
  const encoding = isUtf8(body) ? 'utf8' : 'base64';
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(encoding);
  return `${JSON.stringify({
    time: new Date(time).toISOString(),
    sink,
    reason,
    id,
    key,
    target,
    format,
    contentType,
    attributes,
    body: text,
    bodyEncoding: encoding,
  })}\n`;
}

/** Appends lines to a file: lines that come during a write share the next one. */
export class DeadLetterFile {
  readonly #path: string;
  #lines = '';
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error of the file system. */
  append(line: string): Promise<void> {
    this.#lines += line;
    if (this.#next !== undefined) return this.#next;
    const next = this.#last.then(() => this.#write());
    this.#next = next;
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #write(): Promise<void> {
    const lines = this.#lines;
    this.#lines = '';
    this.#next = undefined;
    // Payloads are private.
    await appendFile(this.#path, lines, { mode: 0o600 });
  }
}
