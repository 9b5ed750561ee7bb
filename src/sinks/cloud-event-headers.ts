/**
 * CloudEvents attributes as headers of text protocols: `ce-id: ...`, as the HTTP binding 1.0.2 encodes them in
 * section 3.1.3.2; the NATS binding does the same.
 */
import type { Delivery } from './delivery.ts';

// Everything but visible ASCII, and the two characters with a special meaning.
const encoded = /[^\x21\x23\x24\x26-\x7e]/gu;

/**
 * Percent-encodes a value as UTF-8: nothing in it can end a header or be trimmed. A lone surrogate, which has no
 * UTF-8 form, becomes U+FFFD.
 */
export function encodeHeaderValue(value: string): string {
  return value.replace(encoded, encodeCharacter);
}

function encodeCharacter(character: string): string {
  let bytes = '';
  for (const byte of Buffer.from(character)) bytes += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return bytes;
}

/** The attributes as headers, without `datacontenttype`, which is the header `content-type`. */
export function cloudEventHeaders({ attributes }: Pick<Delivery, 'attributes'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) headers[`ce-${name}`] = encodeHeaderValue(value);
  return headers;
}

/** A media type without characters that could end a header. */
export function safeContentType({ contentType }: Pick<Delivery, 'contentType'>): string {
  return /^[\x20-\x7e]{1,1024}$/.test(contentType) ? contentType : 'application/octet-stream';
}
