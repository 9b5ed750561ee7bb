/** Follows the configuration file: a valid policy change takes effect at once, an invalid one changes nothing. */

import type { Config } from '../config/schema.ts';
import { exactKey } from '../lib/exact-key.ts';
import { findChanged, type Stamps, settle } from '../lib/settle.ts';
import { type WatchOptions, watchFile } from '../lib/watch.ts';
import type { LevelSwitch } from '../log/format/level-switch.ts';
import type { Logger } from '../log/log.ts';
import { findEmptied, noteFiles } from './emptied-files.ts';
import type { Loaded, NamedFile, NotLoaded } from './load.ts';
import type { Serving } from './serve.ts';

export interface ReloadOptions extends Pick<WatchOptions, 'interval'> {
  /** The configuration that runs now. */
  readonly first: Loaded;
  /** Reads everything again. */
  readonly load: () => Promise<Loaded | NotLoaded>;
  readonly serving: Pick<Serving, 'reload'>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Applies a changed `log.level`. Default: no action. */
  readonly levels?: Pick<LevelSwitch, 'configure'>;
  /**
   * Takes a configuration with changes that cannot take effect while the server runs. Default: a warning names them, and
   * the other changes take effect.
   */
  readonly restart?: ((next: Loaded) => Promise<void>) | undefined;
  /** Called if a configuration is rejected before it reaches the server. Default: no action. */
  readonly refused?: () => void;
}

export interface Reloader {
  /** Reads everything again, for SIGHUP. Never fails: problems are logged. */
  reload(): Promise<void>;
  close(): void;
}

/** Most attempts to read files that change meanwhile. */
const MAX_TRIES = 10;

/** Thrown if a file changed while it was read: the text may be incomplete. */
class ChangedError extends Error {
  override readonly name = 'ChangedError';
}

async function confirmStill(stamps: Stamps): Promise<void> {
  const path = await findChanged(stamps);
  if (path !== undefined) throw new ChangedError(`${path}: changed while it was being read`);
}

/** The configuration file and all files that it names. Write {} for an empty configuration. */
function filesOf({ file, files }: Loaded): NamedFile[] {
  return [...(file === undefined ? [] : [{ path: file.path, allowEmpty: false }]), ...files];
}

const pathsOf = (files: readonly NamedFile[]): string[] => files.map(({ path }) => path);

/** The parts that can change while the server runs. */
const changeable: readonly string[] = ['authenticate', 'authorize', 'publish', 'decisions', 'log'];

export function followConfig(options: ReloadOptions): Reloader {
  const { first, load, serving, log, levels, restart, refused, interval } = options;
  let files = filesOf(first);
  const noted = noteFiles(files);

  async function reloadNow(tries = 1): Promise<void> {
    let still = await settle(pathsOf(files), { interval });
    const loaded = await load();
    if ('problems' in loaded) {
      refused?.();
      return refuse(loaded.problems);
    }
    const next = filesOf(loaded);
    still = await settleOthers(next, still);
    const emptied = await findEmptied(next);
    if (emptied.length > 0) {
      refused?.();
      return refuse(emptied);
    }
    for (const warning of loaded.warnings) log.warn(warning);
    const fixed = needRestart(first.config, loaded.config);
    if (fixed.length > 0 && restart !== undefined) return await restart(loaded);
    try {
      await serving.reload(loaded.config, () => confirmStill(still), loaded.file);
    } catch (error) {
      if (error instanceof ChangedError && tries < MAX_TRIES) return await reloadNow(tries + 1);
      return refuse(await loaded.place((error as Error).message.split('\n')));
    }
    files = next;
    await noteFiles(files);
    levels?.configure(loaded.config.log.level);
    if (fixed.length > 0) log.warn(`these changes need a restart: ${fixed.join(', ')}`);
    log.info('the configuration was reloaded and is in effect');
  }

  /** Files that the previous configuration did not name. */
  async function settleOthers(next: readonly NamedFile[], still: Stamps): Promise<Stamps> {
    const paths = pathsOf(next);
    const others = paths.filter((path) => !still.has(path));
    const settled =
      others.length === 0 ? still : new Map([...still, ...(await settle(others, { interval }))]);
    return new Map(paths.map((path) => [path, settled.get(path)]));
  }

  function refuse(problems: readonly string[]): void {
    for (const problem of problems) log.error(problem);
    log.error('reload rejected; the previous configuration stays in effect');
  }

  async function run(): Promise<void> {
    await noted;
    await reloadNow().catch((error: Error) => {
      refused?.();
      log.error(`cannot reload: ${error.message}`);
    });
  }

  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  /** Runs one at a time. Requests made meanwhile become one more run, which reads the files as they are then. */
  function reload(): Promise<void> {
    if (running !== undefined) {
      waiting ??= running.then(() => {
        waiting = undefined;
        return reload();
      });
      return waiting;
    }
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  }
  const { file } = first;
  const watch =
    file &&
    watchFile(file.path, {
      known: file.text,
      onText: () => void reload(),
      onProblem: (message) => {
        refused?.();
        log.error(`${message}; the previous configuration stays in effect`);
      },
      ...(interval !== undefined && { interval }),
    });
  return { reload, close: () => watch?.close() };
}

/** Returns the sections that differ and cannot change while the server runs. */
export function needRestart(running: Config, next: Config): string[] {
  const names = new Set([...Object.keys(running), ...Object.keys(next)]);
  const differing = [...names].filter(
    (name) =>
      !changeable.includes(name) &&
      exactKey(running[name as keyof Config]) !== exactKey(next[name as keyof Config]),
  );
  return [...differing, ...logChanges(running, next), ...grantStoreChanges(running, next)];
}

/** All but the level: the log is already open. */
function logChanges({ log: before }: Config, { log: after }: Config): string[] {
  return (['format', 'project'] as const)
    .filter((name) => before[name] !== after[name])
    .map((name) => `log.${name}`);
}

/** Clients that are connected keep their grants: the store stays. */
function grantStoreChanges(running: Config, next: Config): string[] {
  const before = running.authorize?.grants;
  const after = next.authorize?.grants;
  if (before === undefined || after === undefined) return [];
  return (['max', 'redis'] as const)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => `authorize.grants.${name}`);
}
