/** The level of the log while the server runs: as configured, or `debug` for as long as somebody looks. */
import type { Logger } from 'pino';

export interface LevelSwitch {
  /** Whether SIGUSR2 asked for more than is configured. */
  readonly isRaised: boolean;
  /** Between the configured level and `debug`. The log says what became of it. */
  toggle(): void;
  /** The same with the outcome given; does nothing when that is so already. */
  raise(wanted: boolean): void;
  /** Another level is configured. While the level is raised it waits. */
  configure(level: string): void;
}

const RAISED = 'debug';

export function createLevelSwitch(log: Pick<Logger, 'level' | 'levels' | 'info'>): LevelSwitch {
  let configured = log.level;
  let isRaised = false;

  const rankOf = (level: string): number => log.levels.values[level] ?? Number.POSITIVE_INFINITY;
  const showsAll = (): boolean => rankOf(configured) <= rankOf(RAISED);

  /** The line about it is written while it can be read: before a step to less, after a step to more. */
  function set(level: string, text: string): void {
    if (rankOf(level) < rankOf(log.level)) log.level = level;
    log.info({ level }, text);
    log.level = level;
  }

  function raise(wanted: boolean): void {
    if (wanted === isRaised) return;
    isRaised = wanted;
    if (showsAll()) log.info({ level: configured }, 'the log level stays as configured: it shows every call');
    else if (isRaised) set(RAISED, `the log level is ${RAISED} until the next SIGUSR2`);
    else set(configured, `the log level is ${configured} again, as configured`);
  }

  return {
    get isRaised() {
      return isRaised;
    },
    toggle: () => raise(!isRaised),
    raise,
    configure(level) {
      if (level === configured) return;
      configured = level;
      if (!isRaised || showsAll()) return set(level, `the log level is ${level} now, as configured`);
      set(RAISED, `the log level is ${level} after the next SIGUSR2, as configured`);
    },
  };
}
