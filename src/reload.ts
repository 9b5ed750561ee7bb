/** Follows the configuration file: a valid change of the policies takes effect at once, an invalid one changes nothing. */
import type { Config } from './config/schema.ts';
import type { Loaded, NotLoaded } from './load.ts';
import { type WatchOptions, watchFile } from './lookup/watch.ts';
import type { Serving } from './serve.ts';
import type { LevelSwitch } from './telemetry/log/level-switch.ts';
import type { Logger } from './telemetry/log.ts';

export interface ReloadOptions extends Pick<WatchOptions, 'interval'> {
  /** What runs now. */
  readonly first: Loaded;
  /** Reads everything again. */
  readonly load: () => Promise<Loaded | NotLoaded>;
  readonly serving: Pick<Serving, 'reload'>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Takes a changed `log.level`. Default: nobody does. */
  readonly levels?: Pick<LevelSwitch, 'configure'>;
  /** Told that a configuration did not get as far as the server. Default: nobody is. */
  readonly refused?: () => void;
}

export interface Reloader {
  /** Reads everything again: for SIGHUP. Never fails; what is wrong is logged. */
  reload(): Promise<void>;
  close(): void;
}

/** The parts that can change while the server runs. */
const changeable: readonly string[] = ['authenticate', 'authorize', 'publish', 'decisions', 'log'];

export function followConfig(options: ReloadOptions): Reloader {
  const { first, load, serving, log, levels, refused, interval } = options;
  let last: Promise<void> = Promise.resolve();

  async function reloadNow(): Promise<void> {
    const loaded = await load();
    if ('problems' in loaded) {
      refused?.();
      return refuse(loaded.problems);
    }
    for (const warning of loaded.warnings) log.warn(warning);
    const fixed = needRestart(first.config, loaded.config);
    try {
      await serving.reload(loaded.config);
    } catch (error) {
      return refuse((error as Error).message.split('\n').map(loaded.place));
    }
    levels?.configure(loaded.config.log.level);
    if (fixed.length > 0) log.warn(`these changes need a restart: ${fixed.join(', ')}`);
    log.info('the configuration was read again and is in force');
  }

  function refuse(problems: readonly string[]): void {
    for (const problem of problems) log.error(problem);
    log.error('the configuration was not taken over; the one read before stays in force');
  }

  const reload = (): Promise<void> => {
    last = last.then(reloadNow).catch((error: Error) => {
      refused?.();
      log.error(`cannot reload: ${error.message}`);
    });
    return last;
  };
  const { file } = first;
  const watch =
    file &&
    watchFile(file.path, {
      known: file.text,
      onText: () => void reload(),
      onProblem: (message) => {
        refused?.();
        log.error(`${message}; the configuration read before stays in force`);
      },
      ...(interval !== undefined && { interval }),
    });
  return { reload, close: () => watch?.close() };
}

/** The sections that differ and cannot change while the server runs. */
export function needRestart(running: Config, next: Config): string[] {
  const names = new Set([...Object.keys(running), ...Object.keys(next)]);
  const differing = [...names].filter(
    (name) =>
      !changeable.includes(name) &&
      JSON.stringify(running[name as keyof Config]) !== JSON.stringify(next[name as keyof Config]),
  );
  return [...differing, ...logChanges(running, next), ...grantStoreChanges(running, next)];
}

/** All but the level: the log is open. */
function logChanges({ log: before }: Config, { log: after }: Config): string[] {
  return (['format', 'project'] as const)
    .filter((name) => before[name] !== after[name])
    .map((name) => `log.${name}`);
}

/** Who is connected keeps what was granted: its store stays. */
function grantStoreChanges(running: Config, next: Config): string[] {
  const before = running.authorize?.grants;
  const after = next.authorize?.grants;
  if (before === undefined || after === undefined) return [];
  return (['max', 'redis'] as const)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => `authorize.grants.${name}`);
}
