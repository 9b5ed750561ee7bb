import { describe, expect, it } from 'vitest';
import { createLevelSwitch } from '../../src/log/format/level-switch.ts';
import { createLogger, type LogOptions } from '../../src/log/log.ts';

async function setup(level: LogOptions['level']) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = await createLogger({ level, format: 'json', env: {} }, stream);
  const said = (): unknown[] =>
    lines.map((line) => JSON.parse(line)).map((record) => [record.level, record.message]);
  return { log, said, levels: createLevelSwitch(log) };
}

const until = 'the log level is debug until the next SIGUSR2';

describe('the switch of the level', () => {
  it.each(['info', 'warn', 'error', 'fatal', 'silent'] as const)(
    'goes from %s to debug and back',
    async (level) => {
      const { log, said, levels } = await setup(level);
      levels.toggle();
      expect([log.level, levels.isRaised]).toEqual(['debug', true]);
      levels.toggle();
      expect([log.level, levels.isRaised]).toEqual([level, false]);
      expect(said()).toEqual([
        ['debug', until],
        [level, `the log level is ${level} again, as configured`],
      ]);
    },
  );

  it.each(['debug', 'trace'] as const)('stays at %s', async (level) => {
    const { log, said, levels } = await setup(level);
    levels.toggle();
    expect(log.level).toBe(level);
    expect(said()).toEqual([[level, 'the log level stays as configured: it shows every call']]);
  });

  it('does nothing if the level is already set', async () => {
    const { said, levels } = await setup('info');
    levels.raise(false);
    levels.raise(true);
    levels.raise(true);
    expect(said()).toEqual([['debug', until]]);
  });
});

describe('a level that is configured again', () => {
  it('takes effect at once', async () => {
    const { log, said, levels } = await setup('info');
    levels.configure('warn');
    expect(log.level).toBe('warn');
    levels.configure('debug');
    expect(log.level).toBe('debug');
    levels.configure('debug');
    expect(said()).toEqual([
      ['warn', 'the log level is warn now, as configured'],
      ['debug', 'the log level is debug now, as configured'],
    ]);
  });

  it('waits while the level is raised', async () => {
    const { log, said, levels } = await setup('info');
    levels.toggle();
    levels.configure('error');
    expect(log.level).toBe('debug');
    levels.toggle();
    expect(log.level).toBe('error');
    expect(said()).toEqual([
      ['debug', until],
      ['debug', 'the log level is error after the next SIGUSR2, as configured'],
      ['error', 'the log level is error again, as configured'],
    ]);
  });

  it('does not wait when it shows more', async () => {
    const { log, levels } = await setup('info');
    levels.toggle();
    levels.configure('trace');
    expect(log.level).toBe('trace');
    levels.configure('info');
    expect(log.level).toBe('debug');
  });
});
