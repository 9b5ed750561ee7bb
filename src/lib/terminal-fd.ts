/** Descriptors of terminals: written without waiting, and replaced before a lost one aborts the process. */
import { closeSync, constants, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * A write to a terminal blocks while its user pauses the output (Ctrl+S). O_NONBLOCK prevents that, but
 * applies to the open file, which other processes share: so the terminal is opened again.
 *
 * @returns the new descriptor; nothing where that is impossible, as on macOS.
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
 * At exit Node restores the modes of the terminals that it was started on, and aborts when one is gone. It
 * ignores descriptors that are no longer terminals.
 */
export function replaceLostTerminalsAtExit(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  if (terminals.length === 0) return;
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) replace(fd);
  });
}

/** The next opened file gets the lowest free number, which is the one just closed. */
function replace(fd: number): void {
  try {
    closeSync(fd);
    openSync('/dev/null', 'r+');
  } catch {
    // It was closed before: there is nothing that Node could restore.
  }
}
