import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lingering } from '../../src/lib/lingering-output.ts';
import type { Output, OutputHandlers } from '../../src/lib/output.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An output that takes everything, and is full when told. */
function open() {
  const written: string[] = [];
  const state = { takesMore: true, isEnded: false };
  let handlers: OutputHandlers | undefined;
  const target: Output = {
    write: (bytes) => {
      written.push(bytes.toString());
      return state.takesMore;
    },
    buffered: 0,
    async end() {
      state.isEnded = true;
    },
    destroy: () => {},
  };
  const drained = vi.fn();
  const output = lingering(
    (own) => {
      handlers = own;
      return target;
    },
    { drained, failed: () => {} },
  );
  return { output, written, state, drained, drain: () => handlers?.drained() };
}

describe('an output that lingers', () => {
  it('writes what came within a moment at once', () => {
    const { output, written } = open();
    expect(['a\n', Buffer.from('b\n')].map((text) => output.write(text))).toStrictEqual([true, true]);
    expect([written, output.buffered]).toStrictEqual([[], 4]);
    vi.advanceTimersByTime(2);
    expect([written, output.buffered]).toStrictEqual([['a\nb\n'], 0]);
  });

  it('writes without waiting when much has come', () => {
    const { output, written } = open();
    output.write('a');
    output.write('b'.repeat(16 * 1024));
    expect(written).toStrictEqual([`a${'b'.repeat(16 * 1024)}`]);
    vi.advanceTimersByTime(10);
    expect(written).toHaveLength(1);
  });

  it('asks to wait from the write that found no room until that is drained', () => {
    const { output, state, drained, drain } = open();
    state.takesMore = false;
    expect(output.write('a')).toBe(true);
    vi.advanceTimersByTime(2);
    expect(output.write('b')).toBe(false);
    state.takesMore = true;
    drain();
    expect(drained).toHaveBeenCalledOnce();
    expect(output.write('c')).toBe(true);
  });

  it('writes what it holds before it ends', async () => {
    const { output, written, state } = open();
    output.write('last');
    await output.end();
    expect([written, state.isEnded]).toStrictEqual([['last'], true]);
  });

  it('forgets what it holds when it is destroyed', () => {
    const { output, written } = open();
    output.write('last');
    output.destroy();
    vi.advanceTimersByTime(10);
    expect(written).toStrictEqual([]);
  });
});
