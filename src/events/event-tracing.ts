/** What events need from tracing: traces continue from calls into sinks. */
import { kindOf, type Sinks } from '../config/sections/sinks.ts';
import type { Stamp } from '../sinks/cloudevents/stamp.ts';
import type { Sink } from '../sinks/sink.ts';
import type { OpenedSink } from './opened-sink.ts';

export interface EventTracing {
  /** A stamp that also adds the trace that an event belongs to. */
  stamp(stamp: Stamp): Stamp;
  /**
   * A sink whose writes are traced.
   *
   * @param system what kind of sink it is.
   */
  sink(sink: Sink, system: string): Sink;
}

/** The sinks of the configuration. A pipe stays as it is: a line in it leads nowhere. */
export function traceOpened(
  opened: readonly OpenedSink[],
  sinks: Sinks,
  tracing: EventTracing | undefined,
): readonly OpenedSink[] {
  if (tracing === undefined) return opened;
  return opened.map((one) => {
    const section = sinks[one.sink.name];
    if (section === undefined) return { ...one, sink: tracing.sink(one.sink, 'custom') };
    const { kind } = kindOf(section);
    return kind.isPipe ? one : { ...one, sink: tracing.sink(one.sink, kind.name) };
  });
}

/** The sinks of a library's user. */
export function traceOwn(sinks: readonly Sink[], tracing: EventTracing | undefined): readonly Sink[] {
  return tracing === undefined ? sinks : sinks.map((sink) => tracing.sink(sink, 'custom'));
}
