/** A header field and its size. */

/** Name and value as latin1: one character per octet. The name is as the peer sent it; its validity is up to HTTP. */
export type HeaderField = readonly [name: string, value: string];

/** What each field counts besides its octets (RFC 7541, 4.1; RFC 9113, 6.5.2): an estimate of an entry's overhead. */
export const FIELD_OVERHEAD = 32;

/** Returns the size of a field (RFC 7541, 4.1). */
export function fieldSize([name, value]: HeaderField): number {
  return name.length + value.length + FIELD_OVERHEAD;
}
