/** A header field, and how large it counts. */

/** Name and value, as latin1: a character an octet. The name is as the peer sent it: whether it may be so is HTTP's business. */
export type HeaderField = readonly [name: string, value: string];

/** What each field counts besides its octets (RFC 7541, 4.1; RFC 9113, 6.5.2): an estimate of what an entry costs. */
export const FIELD_OVERHEAD = 32;

/** The size of a field (RFC 7541, 4.1). */
export function fieldSize([name, value]: HeaderField): number {
  return name.length + value.length + FIELD_OVERHEAD;
}
