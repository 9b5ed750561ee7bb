/** A cursor in a header block. It never reads past the end of the block, even if more bytes follow. */
import { CompressionError } from './compression-error.ts';

export class BlockReader {
  readonly block: Uint8Array;
  readonly end: number;
  position: number;

  /** The block is `bytes` from `start` to `end`, exclusive. */
  constructor(block: Uint8Array, start: number, end: number) {
    this.block = block;
    this.position = start;
    this.end = Math.min(end, block.length);
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  /** Returns the next octet without advancing. @throws {CompressionError} at the end. */
  peekOctet(): number {
    if (this.position >= this.end) throw truncated();
    return this.block[this.position] as number;
  }

  /** @throws {CompressionError} at the end. */
  readOctet(): number {
    const octet = this.peekOctet();
    this.position++;
    return octet;
  }

  /**
   * Skips a number of octets.
   *
   * @returns the position of the first.
   * @throws {CompressionError} if there are fewer.
   */
  skip(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw truncated();
    this.position += length;
    return start;
  }
}

function truncated(): CompressionError {
  return new CompressionError('the header block ends within a field (RFC 7541, 6)');
}
