import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { append, compact } from '../../src/transport/body.ts';

const PACKET = 64 * 1024;

/** A piece of a packet, as node:http2 gives it. */
function pieceOf(bytes: Uint8Array, packet = PACKET): Buffer {
  const around = Buffer.allocUnsafeSlow(packet);
  around.set(bytes, 9);
  return around.subarray(9, 9 + bytes.length);
}

/** The body of these pieces, of which more is awaited all the time. */
function bodyOf(pieces: readonly Uint8Array[]): { body: Buffer | undefined; size: number } {
  let body: Buffer | undefined;
  let size = 0;
  for (const bytes of pieces) {
    body = append(body, size, pieceOf(bytes));
    size += bytes.length;
    body = compact(body, size);
  }
  return { body, size };
}

describe('a body', () => {
  it('of one piece is that piece, without a copy', () => {
    const piece = Buffer.from('all of it');
    expect(append(undefined, 0, piece)).toBe(piece);
  });

  it('is all its pieces, in their order', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 40 });
    fc.assert(
      fc.property(pieces, (given) => {
        const { body, size } = bodyOf(given);
        expect(body?.subarray(0, size) ?? Buffer.alloc(0)).toStrictEqual(Buffer.concat(given));
      }),
    );
  });

  it('keeps a few times its size of memory at most, however small its pieces and large their packets', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(pieces, (given) => {
        const { body, size } = bodyOf(given);
        expect(body?.buffer.byteLength).toBeLessThanOrEqual(4 * size);
      }),
    );
  });

  it('is copied a number of times that grows with the logarithm of its pieces', () => {
    let body: Buffer | undefined;
    let copies = 0;
    for (let size = 0; size < 100_000; size++) {
      const before = body?.buffer;
      body = append(body, size, pieceOf(new Uint8Array([1]), 16));
      if (body.buffer !== before) copies++;
    }
    expect(copies).toBeLessThan(20);
  });

  it('that fills its packet is left as it is', () => {
    const piece = pieceOf(new Uint8Array(PACKET / 2));
    expect(compact(piece, piece.length)).toBe(piece);
  });
});
