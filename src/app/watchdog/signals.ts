/** Receives signals on a thread other than the main one, while the main one is blocked. */
import { createRequire } from 'node:module';

interface SignalHandle {
  onsignal: (signal: number) => void;
  start(signal: number): number;
  unref(): void;
}

/**
 * Calls back for each of these signals. `process.on` works in the main thread only, which cannot react while it is
 * blocked. The handle below is what `process.on` uses, and works in any thread. It is not part of Node's public API.
 *
 * @returns whether this release of Node has it. Without it, a blocked process is killed when its heartbeat is missed.
 */
export function followSignals(signals: readonly number[], heard: () => void): boolean {
  try {
    const { internalBinding } = createRequire(import.meta.url)('internal/test/binding');
    const { Signal } = internalBinding('signal_wrap') as { Signal: new () => SignalHandle };
    for (const signal of signals) follow(new Signal(), signal, heard);
    return true;
  } catch {
    return false;
  }
}

/** Keep the handles: collected ones stop receiving. */
const handles: SignalHandle[] = [];

function follow(handle: SignalHandle, signal: number, heard: () => void): void {
  handle.unref();
  handle.onsignal = heard;
  handle.start(signal);
  handles.push(handle);
}
