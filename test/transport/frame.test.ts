import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/protocol/failure.ts';
import { PREFIX_BYTES, readFrame, readPrefix, writeFrame } from '../../src/transport/frame.ts';

const MAX = 1_000;
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof Failure ? error.code : 'no Failure';
  }
  return 'none';
};
const prefix = (flags: number, length: number) => {
  const bytes = Buffer.alloc(PREFIX_BYTES);
  bytes[0] = flags;
  bytes.writeUInt32BE(length, 1);
  return bytes;
};

describe('a frame', () => {
  it('that was written is read as it was, without a copy', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: MAX }), (message) => {
        const frame = writeFrame(message);
        const read = readFrame(frame, MAX);
        expect(Buffer.from(read)).toStrictEqual(Buffer.from(message));
        expect(read.buffer).toBe(frame.buffer);
        expect(frame).toHaveLength(PREFIX_BYTES + message.length);
      }),
    );
  });

  it('is never read from other bytes than one whole frame', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const isWhole =
          bytes.length >= PREFIX_BYTES &&
          bytes[0] === 0 &&
          Buffer.from(bytes).readUInt32BE(1) === bytes.length - PREFIX_BYTES;
        expect(codeOf(() => readFrame(bytes, MAX)) === 'none').toBe(isWhole);
      }),
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'invalid_request'],
    ['half a prefix', prefix(0, 0).subarray(0, 4), 'invalid_request'],
    ['an empty message', prefix(0, 0), 'none'],
    ['a message that is short', Buffer.concat([prefix(0, 3), Buffer.alloc(2)]), 'invalid_request'],
    ['a message and a byte', Buffer.concat([prefix(0, 3), Buffer.alloc(4)]), 'invalid_request'],
    ['two messages', Buffer.concat([prefix(0, 0), prefix(0, 0)]), 'invalid_request'],
    ['a compressed message', Buffer.concat([prefix(1, 3), Buffer.alloc(3)]), 'unknown_method'],
  ])('of %s is %s', (_what, body, code) => {
    expect(codeOf(() => readFrame(body, MAX))).toBe(code);
  });
});

describe('a prefix', () => {
  it.each([0, 1, 255, 256, 65_535, 65_536, 0xff_ffff, 0x100_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
    'of %d bytes says so',
    (length) => {
      expect(readPrefix(prefix(0, length), 0xffff_ffff)).toBe(length);
    },
  );

  it.each([
    [MAX, 'none'],
    [MAX + 1, 'too_large'],
    [0x8000_0000, 'too_large'],
    [0xffff_ffff, 'too_large'],
  ])('of %d bytes is %s', (length, code) => {
    expect(codeOf(() => readPrefix(prefix(0, length), MAX))).toBe(code);
  });

  it.each(Array.from({ length: 255 }, (_, index) => index + 1))('with the flags %d is refused', (flags) => {
    const code = flags === 1 ? 'unknown_method' : 'invalid_request';
    expect(codeOf(() => readPrefix(prefix(flags, 0), MAX))).toBe(code);
  });
});
