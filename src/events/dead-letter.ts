/** Deliveries that a sink will never take, with the reason: to another sink, or as lines of a file. */
import { isUtf8 } from 'node:buffer';
import { appendFile } from 'node:fs/promises';
import { quote } from '../sinks/cloudevents/encode-data.ts';
import type { Delivery } from '../sinks/delivery.ts';

export interface DeadLetter {
  readonly delivery: Delivery;
  /** The name of the sink that did not take it. */
  readonly sink: string;
  readonly reason: string;
}

/** The same delivery for another sink: it says who did not take it, and why, in two more attributes. */
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

/** Attributes of a structured event stand in its body too, which is an object of JSON. */
function insert(body: Uint8Array, marks: Readonly<Record<string, string>>): Uint8Array {
  const fields = Object.entries(marks).map(([name, value]) => `"${name}":${quote(value)},`);
  return Buffer.concat([Buffer.from(`{${fields.join('')}`), body.subarray(1)]);
}

/** One line of a file. The body is text where it is UTF-8, else base64, as in the data of events. */
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

/** Appends lines to a file: those that come while a write is under way share the next one. */
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
    // Payloads are nobody else's business.
    await appendFile(this.#path, lines, { mode: 0o600 });
  }
}
