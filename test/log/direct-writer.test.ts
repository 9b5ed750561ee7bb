import { describe, expect, it, vi } from 'vitest';
import { DirectWriter } from '../../src/log/direct-writer.ts';

/** A file that takes so many bytes, then fails with a code. */
class FakeFile {
  text = '';
  room = Number.POSITIVE_INFINITY;
  code = 'ENOSPC';

  readonly write = (_fd: number, bytes: Buffer): number => {
    const taken = bytes.subarray(0, this.room);
    if (taken.length === 0) throw Object.assign(new Error(this.code), { code: this.code });
    this.room -= taken.length;
    this.text += taken.toString();
    return taken.length;
  };
}

function aWriter(maxBuffered = 1000) {
  const file = new FakeFile();
  let dropped = 0;
  const writer = new DirectWriter({
    fd: -1,
    maxBuffered,
    summarize: (lines) => `${lines} dropped\n`,
    dropped: () => void dropped++,
    write: file.write,
  });
  return { file, writer, dropped: () => dropped };
}

describe('a line', () => {
  it('is out when the call returns', () => {
    const { file, writer } = aWriter();
    writer.write('a\n');
    expect(file.text).toBe('a\n');
  });

  it.each(['ENOSPC', 'EIO', 'EPIPE', 'EBADF', 'EDQUOT', 'EFBIG'])(
    'that fails with %s is dropped and counted, and the next one that is written says how many',
    (code) => {
      const { file, writer, dropped } = aWriter();
      Object.assign(file, { room: 0, code });
      writer.write('a\n');
      writer.write('b\n');
      expect(dropped()).toBe(2);
      file.room = 100;
      writer.write('c\n');
      expect([file.text, dropped()]).toEqual(['c\n2 dropped\n', 2]);
    },
  );

  it('that is partly written is finished first: lines do not merge', () => {
    const { file, writer, dropped } = aWriter();
    file.room = 2;
    writer.write('abc\n');
    writer.write('lost\n');
    expect([file.text, dropped()]).toEqual(['ab', 1]);
    file.room = 100;
    writer.write('d\n');
    expect(file.text).toBe('abc\nd\n1 dropped\n');
  });

  it('that reports dropped lines is retried if there is no room for it', () => {
    const { file, writer, dropped } = aWriter();
    file.room = 0;
    writer.write('a\n');
    file.room = 2;
    writer.write('b\n');
    expect(file.text).toBe('b\n');
    file.room = 100;
    writer.write('c\n');
    expect([file.text, dropped()]).toEqual(['b\nc\n1 dropped\n', 1]);
  });
});

describe('a terminal that takes nothing at the moment', () => {
  it('gets its lines later, in order, though no other line comes', () => {
    vi.useFakeTimers();
    try {
      const { file, writer, dropped } = aWriter();
      Object.assign(file, { room: 1, code: 'EAGAIN' });
      writer.write('a\n');
      writer.write('b\n');
      expect(file.text).toBe('a');
      file.room = 100;
      vi.runAllTimers();
      expect([file.text, dropped()]).toEqual(['a\nb\n', 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('costs lines beyond the limit, and memory up to it', () => {
    const { file, writer, dropped } = aWriter(10);
    Object.assign(file, { room: 0, code: 'EAGAIN' });
    for (let i = 0; i < 10; i++) writer.write(`${i}..\n`);
    expect(dropped()).toBe(8);
    file.room = 100;
    writer.flush();
    expect(file.text).toBe('0..\n1..\n8 dropped\n');
  });
});
