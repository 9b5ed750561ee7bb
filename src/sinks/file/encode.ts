/** Encodes a delivery as one line of JSON. */
import { isUtf8 } from 'node:buffer';
import { isJson } from '../content.ts';
import type { Delivery } from '../delivery.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** The line with its line break. */
export function toLine(delivery: Delivery): Buffer {
  const { format, body, attributes } = delivery;
  if (format === 'structured') return Buffer.concat([inOneLine(body), Buffer.of(LINE_FEED)]);
  const context = format === 'binary' ? membersOf(attributes) : [];
  return Buffer.from(`{${[...context, ...dataOf(delivery)].join(',')}}\n`);
}

/** In JSON, line breaks occur between tokens only: in strings they are escaped. */
function inOneLine(json: Uint8Array): Uint8Array {
  if (!json.includes(LINE_FEED) && !json.includes(CARRIAGE_RETURN)) return json;
  return json.map((byte) => (byte === LINE_FEED || byte === CARRIAGE_RETURN ? SPACE : byte));
}

function membersOf(attributes: Readonly<Record<string, string>>): string[] {
  return Object.entries(attributes).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
}

/**
 * Returns the payload in the JSON format of CloudEvents: JSON unchanged, text as a string, everything else as base64.
 * [CloudEvents JSON format 1.0.2, section 3.1] A payload declared as JSON that cannot be put into a line unchanged
 * becomes base64 too: as a string it would be another value.
 */
function dataOf({ contentType, body }: Delivery): string[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const type = `"datacontenttype":${JSON.stringify(contentType)}`;
  const text = isUtf8(bytes) ? bytes.toString() : undefined;
  if (text !== undefined && isJson(contentType) && isOneLineOfJson(text)) return [type, `"data":${text}`];
  if (text !== undefined && !isJson(contentType)) return [type, `"data":${JSON.stringify(text)}`];
  return [type, `"data_base64":"${bytes.toString('base64')}"`];
}

function isOneLineOfJson(text: string): boolean {
  if (/[\r\n]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
