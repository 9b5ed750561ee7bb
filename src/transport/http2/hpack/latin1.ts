/** Reads octets as latin1 text, one character per octet, as HTTP reads header fields. */
export function latin1(octets: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(octets)
    ? octets
    : Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  return buffer.toString('latin1', start, end);
}
