/** What sinks are opened with in tests. */
import { makeDelivery, type Sink, type SinkServer } from '../../src/sink-contract.ts';
import type { SinkWorld } from '../../src/sinks/sink.ts';

export interface Said {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A world whose log can be read. */
export function worldOf(name: string, env: SinkWorld['env'] = {}): SinkWorld & { readonly said: Said[] } {
  const said: Said[] = [];
  const say = ((fields: Said['fields'], text: string) =>
    said.push({ fields, text })) as unknown as SinkWorld['log']['info'];
  return { name, env, log: { info: say, warn: say, error: say }, said };
}

/** Writes a batch of events such as these. */
export async function write(sink: Sink, ...batch: Parameters<typeof makeDelivery>[0][]) {
  const deliveries = batch.map((wanted) => makeDelivery(wanted));
  return await sink.write(deliveries, new AbortController().signal);
}

/** A server that is started after the cases were made. */
export function lazily(server: () => SinkServer): SinkServer {
  return { start: () => server().start(), stop: () => server().stop(), kill: () => server().kill() };
}
