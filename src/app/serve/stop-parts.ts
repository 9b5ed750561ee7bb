/** Stops a server in order: reports not ready, accepts no connections, answers running calls, flushes events. */
import type { Undelivered } from '../../events/undelivered.ts';
import { sleep } from '../../lib/sleep.ts';
import { isDoneWithin } from '../../lib/with-timeout.ts';
import type { ServerParts } from './parts.ts';

/** Share of the drain time for busy connections to become quiet; the rest is for sinks. */
const PATIENCE = 1 / 2;
/** Minimum time for OpenTelemetry's SDK to send its last spans, in milliseconds. */
const FLUSH = 500;

export interface Stopped {
  /** Whether everything was done within `drain.timeout`. */
  readonly isComplete: boolean;
  readonly left: Undelivered;
}

export async function stopParts(parts: ServerParts): Promise<Stopped> {
  const { config, live, events, recorder, keeper, required, admin, inspector, tracing } = parts;
  const end = performance.now() + config.drain.timeout;
  const remaining = (): number => Math.max(0, end - performance.now());
  const keeperClosed = keeper?.close() ?? Promise.resolve();
  required?.close();
  const isQuiet = await drainListener(parts, remaining);
  const left = await events.close(remaining());
  await recorder?.close();
  await isDoneWithin(keeperClosed, remaining());
  live.close();
  admin?.close();
  inspector?.close();
  await tracing?.flush(Math.max(FLUSH, end - performance.now()));
  return { isComplete: isQuiet && left.lost === 0, left };
}

/** @param remaining milliseconds until the stop must end. @returns whether all calls were answered. */
async function drainListener(
  { config: { drain }, listener }: ServerParts,
  remaining: () => number,
): Promise<boolean> {
  listener.announceDrain();
  if (drain.delay > 0) await sleep(drain.delay);
  const isQuiet = await isDoneWithin(listener.drain(remaining() * PATIENCE), remaining());
  if (!isQuiet) listener.destroy();
  return isQuiet;
}
