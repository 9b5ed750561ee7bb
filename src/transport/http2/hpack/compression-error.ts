/**
 * Thrown for a header block that cannot be decoded: COMPRESSION_ERROR of RFC 9113, section 7. The two tables then
 * differ, nothing else on the connection can be read, and the connection must end (RFC 9113, 4.3).
 *
 * The text cites the violated clause of RFC 7541, never what the peer sent.
 */
export class CompressionError extends Error {
  override readonly name = 'CompressionError';
}
