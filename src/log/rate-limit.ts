/**
 * Limits the log to so many lines a second for each kind of line. Lines that were held back are summed up in one more
 * line, which says how many it stands for.
 */

/** Writes a line that stands for `times` occurrences. */
export type WriteLine = (times: number) => void;

/** @param key the kind of line, never a value of a request: kinds are few. */
export type RateLimit = (key: string, write: WriteLine) => void;

export interface RateLimitOptions {
  readonly perSecond: number;
  /** Milliseconds; only differences matter. */
  readonly now?: () => number;
  /** Calls back after some milliseconds, without keeping the process alive. */
  readonly after?: (milliseconds: number, run: () => void) => void;
}

interface Window {
  readonly since: number;
  written: number;
  suppressed: number;
}

const WINDOW = 1000;
/** More than there are kinds; if there were more, these would share one window. */
const MAX_KEYS = 1000;

export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { perSecond, now = () => performance.now(), after = afterAsleep } = options;
  const windows = new Map<string, Window>();

  function windowOf(key: string): Window {
    const at = now();
    const open = windows.get(key);
    if (open !== undefined && (open.suppressed > 0 || at - open.since < WINDOW)) return open;
    const window = { since: at, written: 0, suppressed: 0 };
    windows.set(key, window);
    return window;
  }

  return (wanted, write) => {
    if (windows.size >= MAX_KEYS && !windows.has(wanted)) forgetOld(windows, now());
    const key = windows.size >= MAX_KEYS && !windows.has(wanted) ? '' : wanted;
    const window = windowOf(key);
    if (window.written < perSecond) {
      window.written++;
      return write(1);
    }
    window.suppressed++;
    if (window.suppressed > 1) return;
    after(Math.max(0, window.since + WINDOW - now()), () => {
      windows.delete(key);
      write(window.suppressed);
    });
  };
}

function forgetOld(windows: Map<string, Window>, now: number): void {
  for (const [key, { since, suppressed }] of windows) {
    if (suppressed === 0 && now - since >= WINDOW) windows.delete(key);
  }
}

function afterAsleep(milliseconds: number, run: () => void): void {
  setTimeout(run, milliseconds).unref();
}
