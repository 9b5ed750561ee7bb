/** An old key causes a warning: from `exhook check`, and from everything else that reads the configuration. */
import { expect, it, vi } from 'vitest';
import { load } from '../../src/app/load.ts';
import { checkCommand } from '../../src/cli/commands/check.ts';
import { aFile, aTerminal } from '../cli/commands/fake-terminal.ts';

vi.mock('../../src/config/deprecations.ts', () => ({
  deprecations: [{ key: 'drain.wait', instead: 'drain.timeout', since: '0.4.0' }],
}));

const message = 'drain.wait: is deprecated since 0.4.0; write drain.timeout instead';

it('is printed by exhook check, which still calls the file good', async () => {
  const file = aFile('exhook.yaml', 'drain: { wait: 7s }\n');
  const terminal = aTerminal();
  expect(await checkCommand(file, {}, terminal)).toBe(0);
  expect(terminal.complained).toStrictEqual([`${file}:1:10 ${message}`]);
  expect(terminal.printed[0]).toContain('is valid');
});

it('is among the warnings that the server logs at its start and at each reload', async () => {
  const file = aFile('exhook.yaml', 'drain: { wait: 7s }\n');
  const loaded = await load(['--config', file], { EXHOOK_DRAIN_WAIT: '8s' });
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  expect(loaded.config.drain.timeout).toBe(8000);
  expect(loaded.warnings).toStrictEqual([
    `${file}:1:10 ${message}`,
    'environment variable EXHOOK_DRAIN_WAIT: is deprecated since 0.4.0; write EXHOOK_DRAIN_TIMEOUT instead',
  ]);
});
