import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../../src/cli/commands/terminal.ts';

function streams(isTTY = false) {
  const stdout = new PassThrough() as unknown as NodeJS.WriteStream;
  const stderr = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
  return { stdout, stderr, terminal: createTerminal(stdout, stderr) };
}

const textOf = (stream: NodeJS.WriteStream) => String((stream as unknown as PassThrough).read() ?? '');

describe('a terminal', () => {
  it('has results on standard output and all else on standard error', () => {
    const { stdout, stderr, terminal } = streams();
    terminal.out('a');
    terminal.err('b');
    expect([textOf(stdout), textOf(stderr)]).toStrictEqual(['a\n', 'b\n']);
  });

  it('writes progress over itself', () => {
    const { stderr, terminal } = streams(true);
    terminal.progress('1 of 2');
    terminal.progress('');
    expect(textOf(stderr)).toBe('\r\x1b[K1 of 2\r\x1b[K');
  });

  it.each([true, false])('is watched when standard error is a terminal: %s', (isTTY) => {
    expect(streams(isTTY).terminal.isInteractive).toBe(isTTY);
  });
});
