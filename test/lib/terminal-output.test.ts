import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTerminal } from '../../src/lib/terminal-output.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function aTerminal() {
  const screen = { text: '', room: 100, code: 'EAGAIN' };
  const heard: string[] = [];
  const output = openTerminal(
    -1,
    {
      drained: () => heard.push('drained'),
      failed: ({ code }, isTriedAgain) => heard.push(`${code} ${isTriedAgain}`),
    },
    (_fd, bytes) => {
      const taken = bytes.subarray(0, screen.room);
      if (taken.length === 0) throw Object.assign(new Error(screen.code), { code: screen.code });
      screen.room -= taken.length;
      screen.text += taken.toString();
      return taken.length;
    },
  );
  return { screen, heard, output };
}

describe('text to a terminal', () => {
  it('is out at once', () => {
    const { screen, heard, output } = aTerminal();
    expect(output.write('abc')).toBe(true);
    expect([screen.text, output.buffered, heard]).toEqual(['abc', 0, []]);
  });

  it('that is not taken now waits, asks for patience, and says when it is out', () => {
    const { screen, heard, output } = aTerminal();
    screen.room = 2;
    expect(output.write('abc')).toBe(false);
    expect(output.write('d')).toBe(false);
    expect([screen.text, output.buffered]).toEqual(['ab', 2]);
    vi.advanceTimersByTime(50);
    expect(heard).toEqual([]);
    screen.room = 100;
    vi.advanceTimersByTime(50);
    expect([screen.text, heard]).toEqual(['abcd', ['drained']]);
  });

  it('to a closed output stops, and is reported once', async () => {
    const { screen, heard, output } = aTerminal();
    Object.assign(screen, { room: 0, code: 'EIO' });
    expect(output.write('abc')).toBe(false);
    expect([output.buffered, heard]).toEqual([0, ['EIO false']]);
    await output.end();
  });

  it('has ended when the last of it is out', async () => {
    const { screen, output } = aTerminal();
    screen.room = 0;
    output.write('abc');
    const ended = output.end();
    screen.room = 100;
    vi.advanceTimersByTime(50);
    await ended;
    expect(screen.text).toBe('abc');
  });
});
