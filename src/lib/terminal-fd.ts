/** Descriptors of terminals: written without waiting, and given up before they end the process badly. */
import { closeSync, constants, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * A write to a terminal waits while its user holds the output (Ctrl+S). O_NONBLOCK ends that, but belongs to what was
 * opened, which the runtime shares with us: so the terminal is opened once more.
 *
 * @returns the new descriptor; nothing where that cannot be done, as on macOS.
 */
export function openWithoutWaiting(fd: number): number | undefined {
  if (process.platform !== 'linux' || !isatty(fd)) return undefined;
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined;
  }
}

/**
 * At its exit Node sets the modes of the terminals that it was started on, and aborts when one is gone. What is no
 * terminal by then it leaves alone.
 */
export function replaceLostTerminalsAtExit(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  if (terminals.length === 0) return;
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) replace(fd);
  });
}

/** The lowest free number is what the next file gets, and that is the one just closed. */
function replace(fd: number): void {
  try {
    closeSync(fd);
    openSync('/dev/null', 'r+');
  } catch {
    // It was closed before: then there is nothing that Node could set.
  }
}
