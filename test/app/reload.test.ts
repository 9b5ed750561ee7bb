import { describe, expect, it } from 'vitest';
import type { Loaded, NotLoaded } from '../../src/app/load.ts';
import { followConfig, needRestart } from '../../src/app/reload.ts';
import { Config, type ConfigInput } from '../../src/config/schema.ts';

const loadedOf = (config: ConfigInput = {}): Loaded => ({
  config: Config.parse(config),
  custom: { hooks: [], lookups: {} },
  warnings: [],
  files: [],
  place: async (problems) => problems,
});

function setup(
  next: Loaded | NotLoaded | Error,
  serving: (config: Config) => Promise<void> = async () => {},
) {
  const log: string[] = [];
  const write = (level: string) => (text: string) => void log.push(`${level} ${text}`);
  const reloader = followConfig({
    first: loadedOf(),
    load: async () => {
      if (next instanceof Error) throw next;
      return next;
    },
    serving: { reload: serving },
    log: { info: write('info'), warn: write('warn'), error: write('error') } as never,
  });
  return { log, reloader };
}

describe('a reload', () => {
  it('hands a valid configuration over', async () => {
    const taken: Config[] = [];
    const { log, reloader } = setup(
      loadedOf({ decisions: { log: 'all' } }),
      async (config) => void taken.push(config),
    );
    await reloader.reload();
    expect(taken).toMatchObject([{ decisions: { log: 'all' } }]);
    expect(log).toEqual(['info the configuration was reloaded and is in effect']);
  });

  it('passes on a changed log level, but not from an invalid configuration', async () => {
    const levels: string[] = [];
    const follow = (serving: () => Promise<void>) =>
      followConfig({
        first: loadedOf(),
        load: async () => loadedOf({ log: { level: 'debug' } }),
        serving: { reload: serving },
        log: { info() {}, warn() {}, error() {} } as never,
        levels: { configure: (level) => void levels.push(level) },
      });
    await follow(async () => Promise.reject(new Error('x'))).reload();
    expect(levels).toEqual([]);
    await follow(async () => {}).reload();
    expect(levels).toEqual(['debug']);
  });

  const kept = 'error reload rejected; the previous configuration stays in effect';

  it('reports every problem of one that is not', async () => {
    const { log, reloader } = setup({ problems: ['a: is wrong', 'b: is wrong'] });
    await reloader.reload();
    expect(log).toEqual(['error a: is wrong', 'error b: is wrong', kept]);
  });

  it('reports why its policies cannot be used', async () => {
    const { log, reloader } = setup(loadedOf(), async () => {
      throw new Error('x\ny');
    });
    await reloader.reload();
    expect(log).toEqual(['error x', 'error y', kept]);
  });

  it('names the line of the new file that is to blame', async () => {
    const next: Loaded = {
      ...loadedOf(),
      place: async (problems) => problems.map((problem) => `exhook.yaml:7:1 ${problem}`),
    };
    const { log, reloader } = setup(next, async () => {
      throw new Error('authenticate: x');
    });
    await reloader.reload();
    expect(log).toEqual(['error exhook.yaml:7:1 authenticate: x', kept]);
  });

  it('counts a configuration that is rejected before it reaches the server', async () => {
    const refusals: string[] = [];
    const tryOne = async (name: string, next: Loaded | Error | NotLoaded, serving = async () => {}) => {
      const reloader = followConfig({
        first: loadedOf(),
        load: async () => {
          if (next instanceof Error) throw next;
          return next;
        },
        serving: { reload: serving },
        log: { info() {}, warn() {}, error() {} },
        refused: () => refusals.push(name),
      });
      await reloader.reload();
    };
    await tryOne('problems', { problems: ['a: is wrong'] });
    await tryOne('unreadable', new Error('broken'));
    await tryOne('good', loadedOf());
    // The server counts that one itself.
    await tryOne('policy', loadedOf(), async () => Promise.reject(new Error('x')));
    expect(refusals).toStrictEqual(['problems', 'unreadable']);
  });

  it('never fails, and comes after the one before', async () => {
    const { log, reloader } = setup(new Error('broken'));
    await Promise.all([reloader.reload(), reloader.reload()]);
    expect(log).toEqual(['error cannot reload: broken', 'error cannot reload: broken']);
  });
});

describe('needRestart', () => {
  const rules = { rules: [] };

  it.each<[ConfigInput, ConfigInput, string[]]>([
    [{}, {}, []],
    [{}, { authorize: rules, decisions: { log: 'off' } }, []],
    [{}, { workers: 2, listen: { port: 1 } }, ['listen', 'workers']],
    [{ authorize: rules }, { authorize: { ...rules, grants: { max: 5 } } }, ['authorize.grants.max']],
    [{}, { log: { level: 'debug' } }, []],
    [{}, { log: { level: 'warn', format: 'json', project: 'p' } }, ['log.format', 'log.project']],
  ])('%j -> %j: %j', (running, next, names) => {
    expect(needRestart(Config.parse(running), Config.parse(next))).toEqual(names);
  });
});
