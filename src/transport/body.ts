/**
 * Collects a request body from pieces in little more memory than its size.
 *
 * A piece is a view of its packet and keeps the whole packet alive. Without this, a caller that sends a body byte by
 * byte, with other frames between, would make each byte cost 64 KiB that no limit counts.
 */

/** Most memory that a body may keep while more is awaited, as a multiple of its size. */
const WASTE = 4;

/** Appends a piece to a body of `size` bytes. The returned buffer may have spare room. */
export function append(body: Buffer | undefined, size: number, piece: Buffer): Buffer {
  if (body === undefined) return piece;
  const needed = size + piece.length;
  const roomy = body.length < needed ? copyOf(body, size, Math.max(needed, 2 * size)) : body;
  roomy.set(piece, size);
  return roomy;
}

/** Copies an incomplete body out of its packet if the packet is much larger. */
export function compact(body: Buffer, size: number): Buffer {
  return body.buffer.byteLength > WASTE * size ? copyOf(body, size, size) : body;
}

/** Do not use Node's pool: a few bytes there would keep 8 KiB alive. */
function copyOf(body: Buffer, size: number, capacity: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(capacity);
  body.copy(copy, 0, 0, size);
  return copy;
}
