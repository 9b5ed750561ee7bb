/** Hears of signals in a thread that is not the main one, while the main one is blocked. */
import { createRequire } from 'node:module';

interface SignalHandle {
  onsignal: (signal: number) => void;
  start(signal: number): number;
  unref(): void;
}

/**
 * Calls back at each of these signals. `process.on` works in the main thread only, which hears nothing while it is
 * blocked; the handle below is what `process.on` is made of, and works in any thread. It is no public part of Node.
 *
 * @returns whether this release of Node has it. Without it, a blocked process ends when its heartbeat is missed.
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

/** Handles that are collected hear nothing. */
const handles: SignalHandle[] = [];

function follow(handle: SignalHandle, signal: number, heard: () => void): void {
  handle.unref();
  handle.onsignal = heard;
  handle.start(signal);
  handles.push(handle);
}
