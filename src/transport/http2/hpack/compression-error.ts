/**
 * A header block that cannot be decoded: COMPRESSION_ERROR of RFC 9113, section 7. The two tables no longer agree, so
 * that nothing else of the connection can be read: it has to end (RFC 9113, 4.3).
 *
 * The text cites the clause of RFC 7541 that was broken, and never what the peer sent.
 */
export class CompressionError extends Error {
  override readonly name = 'CompressionError';
}
