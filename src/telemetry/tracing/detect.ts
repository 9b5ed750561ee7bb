/**
 * Detects whether traces are wanted. The OpenTelemetry SDK is the user's: it registers itself before the server starts,
 * as `node --import ./tracing.mjs` does. Without an SDK, not even its API is loaded.
 */
import type { ReadActiveTrace } from '../../log/active-trace.ts';
import type { Logger } from '../../log/log.ts';
import type { CallFlow } from '../../transport/call-flow.ts';
import type { Tracing } from './tracing.ts';

/** The global key under which every copy of the API finds what was registered. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface Registry {
  readonly version?: string;
  readonly trace?: unknown;
}

/** What was registered, by whichever copy of the API. */
export function findRegistry(): Registry | undefined {
  return (globalThis as { [REGISTRY]?: Registry })[REGISTRY];
}

/**
 * @param flow what is traced. Default: `call`.
 * @returns nothing without an SDK.
 */
export async function openTracing(log: Pick<Logger, 'warn'>, flow?: CallFlow): Promise<Tracing | undefined> {
  const registry = findRegistry();
  if (registry?.trace === undefined) return undefined;
  const { createTracing, isUnderstood } = await import('./tracing.ts');
  try {
    if (isUnderstood(registry.trace)) return createTracing(log, flow);
  } catch (err) {
    log.warn({ err }, 'nothing is traced: the SDK of OpenTelemetry gives no tracer');
    return undefined;
  }
  log.warn(
    { registered: registry.version },
    'nothing is traced: the SDK of OpenTelemetry comes with an older @opentelemetry/api; bring it up to date',
  );
  return undefined;
}

/** The function by which the log reads the current trace; nothing without an SDK. */
export async function openActiveTrace(): Promise<ReadActiveTrace | undefined> {
  if (findRegistry()?.trace === undefined) return undefined;
  const { readActiveTrace } = await import('./read-active-trace.ts');
  return readActiveTrace;
}
