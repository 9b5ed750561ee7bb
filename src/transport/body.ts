/**
 * A request body as it comes in pieces, held in little more memory than it has bytes.
 *
 * A piece is a view of the packet it came in, and keeps all of it: a caller that sends a body byte by byte, and
 * something else between the bytes, would make each of them cost 64 KiB that no limit counts.
 */

/** How many times its size a body may keep while more of it is awaited. */
const WASTE = 4;

/** The body with one more piece at its end, `size` bytes being there already. It may have room for more. */
export function append(body: Buffer | undefined, size: number, piece: Buffer): Buffer {
  if (body === undefined) return piece;
  const needed = size + piece.length;
  const roomy = body.length < needed ? copyOf(body, size, Math.max(needed, 2 * size)) : body;
  roomy.set(piece, size);
  return roomy;
}

/** The same body, without the packet around it if that is much larger: for a body whose end has not come. */
export function compact(body: Buffer, size: number): Buffer {
  return body.buffer.byteLength > WASTE * size ? copyOf(body, size, size) : body;
}

/** Not from the pool of Node: there a few bytes would keep the 8 KiB around them. */
function copyOf(body: Buffer, size: number, capacity: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(capacity);
  body.copy(copy, 0, 0, size);
  return copy;
}
