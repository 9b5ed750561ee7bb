import { describe, expect, it } from 'vitest';
import { describeUnknownCommand } from '../../../src/cli/commands/unknown-command.ts';

const commands = ['serve', 'check', 'hooks', 'help'];

describe('an unknown command', () => {
  it.each([
    ['serv', 'unknown command serv; did you mean serve?'],
    ['chekc', 'unknown command chekc; did you mean check?'],
    ['hook', 'unknown command hook; did you mean hooks?'],
  ])('%s is nearly a known one', (name, text) => {
    expect(describeUnknownCommand(name, commands)).toBe(text);
  });

  it('that is like none is not repeated', () => {
    expect(describeUnknownCommand('s3cr3t-value', commands)).toBe(
      'unknown command; exhook --help lists the commands',
    );
  });
});
