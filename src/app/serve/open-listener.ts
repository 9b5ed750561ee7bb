/** Opens the brokers' port, as configured. */
import type { Config } from '../../config/schema.ts';
import type { Logger } from '../../log/log.ts';
import { createRateLimit } from '../../log/rate-limit.ts';
import type { CallWatch } from '../../telemetry/call-watch.ts';
import type { Tracing } from '../../telemetry/tracing/tracing.ts';
import { type Listener, type ListenerOptions, listen } from '../../transport/listener.ts';
import type { ListenerLimits, ListenerState } from '../../transport/listener-state.ts';
import type { TlsSettings } from '../../transport/tls.ts';
import type { Recorder } from '../record.ts';
import type { ServerRuntime } from '../runtime/server-runtime.ts';
import { type Inspecting, joinReceivers } from './inspecting.ts';

export interface ListenerWorld {
  readonly config: Config;
  readonly live: ServerRuntime;
  readonly tls: TlsSettings | undefined;
  readonly recorder: Recorder | undefined;
  readonly limits: ListenerLimits;
  readonly watch: CallWatch | undefined;
  readonly tracing: Tracing | undefined;
  readonly inspecting: Inspecting | undefined;
  readonly state: ListenerState;
  readonly pages: ListenerOptions['pages'];
}

/** @throws Error if the port is not available. */
export async function openListener(world: ListenerWorld): Promise<Listener> {
  const { config, live, tls, recorder, limits, watch, tracing, inspecting, state, pages } = world;
  const { host, port, hosts, connect, http2 } = config.listen;
  const counted = watch?.watch(live.current) ?? live.current;
  const runtime = inspecting?.watchRuntime(counted) ?? counted;
  return await listen({
    ...limits,
    deadlineFraction: config.limits.deadlineFraction,
    host,
    port,
    hosts,
    connect,
    http2,
    tls,
    state,
    runtime: tracing?.watch(runtime) ?? runtime,
    call: tracing?.call ?? inspecting?.flow,
    answered: watch?.answered,
    received: joinReceivers(recorder?.record.bind(recorder), inspecting?.received),
    pages,
  });
}

/** Returns the limits of the port, and the log of refused connections: at most one line per second and reason. */
export function createLimits(
  { limits, connections: { maxAge, jitter } }: Config,
  log: Logger,
): ListenerLimits {
  const rateLimit = createRateLimit({ perSecond: 1 });
  return {
    ...limits,
    age: maxAge === 'off' ? undefined : { maxAge, jitter },
    refused: (reason) => rateLimit(reason, (times) => log.warn({ times }, reason)),
  };
}
