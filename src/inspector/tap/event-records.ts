/** The events of the calls in the ring, by their ids. The queues of sinks tell what becomes of them. */
import type { EventWatch, SinkWatch, Watched, WatchedEntry } from '../../events/event-watch.ts';
import type { EventState } from '../api.ts';
import type { CallRecord } from './call-record.ts';
import { addStep, atSink, EVENT_BYTES, type EventRecord } from './event-record.ts';
import { SinkNotes } from './sink-notes.ts';

export interface EventRecordsWorld {
  /** The call that is being decided. */
  readonly current: () => CallRecord | undefined;
  /** An event of these calls has another state. */
  readonly changed: (calls: readonly CallRecord[]) => void;
  readonly now: () => number;
}

/** Most events that are kept of one call: a custom hook may report any number. */
const MAX_EVENTS = 32;
/** Longer ids are not kept: they come from hooks of the user's own. */
const MAX_ID = 1024;

export class EventRecords implements EventWatch {
  readonly notes = new Map<string, SinkNotes>();
  readonly #world: EventRecordsWorld;
  readonly #events = new Map<string, EventRecord>();

  constructor(world: EventRecordsWorld) {
    this.#world = world;
  }

  get(id: string): EventRecord | undefined {
    return this.#events.get(id);
  }

  get size(): number {
    return this.#events.size;
  }

  stamped({ id, type, time }: Watched & { readonly type: string; readonly time: number }): void {
    const call = this.#world.current();
    if (call === undefined || id.length > MAX_ID) return;
    call.events ??= [];
    if (call.events.length >= MAX_EVENTS) return;
    let event = this.#events.get(id);
    if (event === undefined) {
      event = { id, type, time, calls: [], sinks: [] };
      this.#events.set(id, event);
    } else call.isDuplicate = true;
    call.bytes += EVENT_BYTES + id.length + type.length;
    event.calls.push(call);
    call.events.push(event);
  }

  /** A call has left the ring: its events go with it, unless another call has reported them too. */
  forget(record: CallRecord): void {
    for (const event of record.events ?? []) {
      const place = event.calls.indexOf(record);
      if (place !== -1) event.calls.splice(place, 1);
      if (event.calls.length === 0) this.#events.delete(event.id);
    }
  }

  sink(name: string): SinkWatch {
    const notes = new SinkNotes(this.#world.now);
    this.notes.set(name, notes);
    const step = ({ id }: Watched, state: EventState, reason?: string): void => {
      const event = this.#events.get(id);
      if (event === undefined) return;
      addStep(atSink(event, name), state, this.#world.now(), reason);
      this.#world.changed(event.calls);
    };
    const all = (entries: readonly WatchedEntry[], state: EventState): void => {
      for (const { delivery } of entries) step(delivery, state);
    };
    return {
      queued: (event) => step(event, 'queued'),
      sending: (entries) => all(entries, 'sending'),
      delivered(entries) {
        notes.delivered();
        all(entries, 'delivered');
      },
      retrying: (entries) => all(entries, 'retrying'),
      rejected(event, reason) {
        notes.rejected(event.id, reason);
        step(event, 'rejected', notes.shown(reason));
      },
      dropped: (event, reason) =>
        step(event, reason === 'withdrawn' ? 'withdrawn' : 'dropped', dropReasons[reason]),
      spooled: (event) => step(event, 'spooled'),
      failed: (error) => notes.failed(error),
    };
  }
}

const dropReasons = {
  full: 'the queue of the sink was full',
  closed: 'the server stopped',
  withdrawn: 'its publisher was told that it is not stored',
} as const;
