import { describe, expect, it } from 'vitest';
import { formatHooks, hooksCommand } from '../../../src/cli/commands/hooks.ts';
import { aFile, aTerminal } from './fake-terminal.ts';

describe('the list of hooks', () => {
  it('says why no hooks are registered, and what to do', () => {
    expect(formatHooks([])).toMatch(/^No hook is registered: .*\nSet events\.stdout, list hooks/);
  });

  it('has a line for each, and the reasons stand below each other', () => {
    const hooks = [
      { name: 'client.connected', topics: [], because: 'it is listed' },
      { name: 'message.publish', topics: ['a/#', 'b'], because: 'it is listed' },
    ] as const;
    expect(formatHooks(hooks as never).split('\n')).toStrictEqual([
      'client.connected  it is listed',
      'message.publish   for a/#, b; it is listed',
      '',
      '2 hooks are registered.',
    ]);
  });

  it('may be one', () => {
    const hooks = [{ name: 'client.connected', topics: [], because: 'it is listed' }];
    expect(formatHooks(hooks as never)).toMatch(/\n1 hook is registered\.$/);
  });
});

describe('exhook hooks', () => {
  it('takes flags, variables and a file', async () => {
    const terminal = aTerminal();
    const path = aFile('exhook.yaml', 'hooks: { register: [{ hook: message.publish, topics: [t/#] }] }');
    expect(await hooksCommand(['--config', path], {}, terminal)).toBe(0);
    expect(terminal.printed[0]).toMatch(/^message\.publish {2}for t\/#; /);
  });

  it('has nothing to list when events go nowhere', async () => {
    const terminal = aTerminal();
    expect(await hooksCommand([], { EXHOOK_EVENTS_STDOUT: 'off' }, terminal)).toBe(0);
    expect(terminal.printed[0]).toMatch(/^No hook is registered/);
  });

  it('prints the problems of a configuration', async () => {
    const terminal = aTerminal();
    expect(await hooksCommand(['--prot=1'], {}, terminal)).toBe(2);
    expect(terminal.printed).toStrictEqual([]);
    expect(terminal.complained).toStrictEqual(['flag --prot: is not known; did you mean --port?']);
  });
});
