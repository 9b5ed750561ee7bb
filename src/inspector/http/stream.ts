/**
 * Live as server-sent events. A viewer holds a number of the ring and nothing else: at each tick it reads what came
 * since. So a call costs nothing for being watched, and a viewer that does not read loses rows and no memory.
 */
import type { ServerResponse } from 'node:http';
import { isPrintable, printableJson } from '../../lib/printable.ts';
import type { CallRow, StreamMessages } from '../api.ts';
import { type Filter, searchWork } from '../filter/filter.ts';
import type { CallRecord } from '../tap/call-record.ts';
import type { ChangeReader } from '../tap/change-log.ts';
import type { Tap } from '../tap/tap.ts';
import { eventRowOf, rowOf } from '../view/row.ts';
import type { Headers } from './answer.ts';
import { RequestError } from './api-error.ts';

/** Pages that may look at the same time. */
export const MAX_VIEWERS = 5;
/** Milliseconds between two batches: twenty a second. */
const TICK = 50;
/** Rows of one batch. */
const MAX_ROWS = 200;
/** Bytes of one batch, and of what may wait for a viewer that reads slowly. */
const MAX_BATCH = 256 * 1024;
/** Milliseconds after which a comment shows that the connection lives. */
const KEEP_ALIVE = 15_000;

export interface StreamOptions {
  readonly tap: Tap;
  readonly epoch: string;
  readonly headers: Headers;
  readonly revision: () => string | undefined;
}

export interface Viewing {
  readonly filter: Filter;
  /** The `id` of the last message that was read; nothing: from now on. */
  readonly after: string | undefined;
}

export class Streams {
  readonly #options: StreamOptions;
  readonly #viewers = new Set<Viewer>();

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** @throws RequestError `busy` */
  open(response: ServerResponse, viewing: Viewing): void {
    if (this.#viewers.size >= MAX_VIEWERS)
      throw new RequestError('busy', `${MAX_VIEWERS} pages look already: close one of them`);
    const viewer = new Viewer(response, viewing, this.#options);
    this.#viewers.add(viewer);
    response.once('close', () => {
      viewer.stop();
      this.#viewers.delete(viewer);
    });
  }

  close(): void {
    for (const viewer of this.#viewers) viewer.end();
  }
}

class Viewer {
  readonly #response: ServerResponse;
  readonly #filter: Filter;
  readonly #options: StreamOptions;
  readonly #changes: ChangeReader;
  readonly #timer: NodeJS.Timeout;
  /** The number of the last call that was looked at. */
  #at: number;
  /** Calls that were sent, by their numbers: only their states matter. */
  #sentSince: number;
  #quiet = 0;
  #revision: string | undefined;

  constructor(response: ServerResponse, { filter, after }: Viewing, options: StreamOptions) {
    const { tap, epoch, headers, revision } = options;
    this.#response = response;
    this.#filter = filter;
    this.#options = options;
    this.#changes = tap.changes.open();
    this.#revision = revision();
    const resumed = readId(after, epoch, tap.ring.last);
    this.#at = resumed ?? tap.ring.last;
    this.#sentSince = this.#at;
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    this.#send('start', { epoch, last: this.#at, isResumed: resumed !== undefined }, this.#at);
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#changes.close();
  }

  end(): void {
    this.#send('end', { message: 'the server stops' });
    this.#response.end();
  }

  #tick(): void {
    // It reads slower than calls come: nothing is made for it meanwhile.
    if (this.#response.writableLength > MAX_BATCH) return;
    const isSent = [this.#sendRevision(), this.#sendCalls(), this.#sendStates()].includes(true);
    this.#quiet = isSent ? 0 : this.#quiet + TICK;
    if (this.#quiet < KEEP_ALIVE) return;
    this.#quiet = 0;
    this.#response.write(': still here\n\n');
  }

  #sendRevision(): boolean {
    const revision = this.#options.revision();
    if (revision === this.#revision) return false;
    this.#revision = revision;
    this.#send('revision', { ...(revision !== undefined && { revision }) });
    return true;
  }

  #sendCalls(): boolean {
    const { ring } = this.#options.tap;
    if (ring.last === this.#at) return false;
    const missed = Math.max(0, ring.first - 1 - this.#at);
    if (missed > 0) {
      this.#at += missed;
      this.#send('dropped', { calls: missed }, this.#at);
    }
    const rows = this.#take();
    if (rows.length > 0) this.#send('calls', rows, this.#at);
    return missed + rows.length > 0;
  }

  /** The next rows that pass, within the limits of a batch. */
  #take(): CallRow[] {
    const { ring } = this.#options.tap;
    const work = searchWork();
    const rows: CallRow[] = [];
    let bytes = 0;
    while (this.#at < ring.last && rows.length < MAX_ROWS && bytes < MAX_BATCH) {
      const record = ring.get(this.#at + 1);
      this.#at++;
      if (record === undefined) continue;
      const row = rowOf(record);
      if (!this.#filter.test(row, work)) continue;
      rows.push(row);
      bytes += sizeOf(row);
    }
    return rows;
  }

  #sendStates(): boolean {
    const changed = [...this.#changes.read()].filter((record) => this.#hasSent(record)).slice(-MAX_ROWS);
    if (changed.length === 0) return false;
    const states = changed.map(({ seq, events = [] }) => ({ seq, events: events.map(eventRowOf) }));
    this.#send('states', states);
    return true;
  }

  #hasSent(record: CallRecord): boolean {
    const { seq } = record;
    if (seq === 0 || seq <= this.#sentSince || seq > this.#at) return false;
    return this.#filter.test(rowOf(record), searchWork());
  }

  /** @param seq of the last call that was looked at, to go on from there. */
  #send<Name extends keyof StreamMessages>(name: Name, data: StreamMessages[Name], seq?: number): void {
    const json = JSON.stringify(data);
    const text = isPrintable(json) ? json : printableJson(json);
    const id = seq === undefined ? '' : `id: ${this.#options.epoch}.${seq}\n`;
    this.#response.write(`${id}event: ${name}\ndata: ${text}\n\n`);
  }
}

/** The number in an `id` of this epoch; nothing for another one. */
function readId(id: string | undefined, epoch: string, last: number): number | undefined {
  const [, of, digits] = /^([\w-]{1,64})\.(\d{1,15})$/.exec(id ?? '') ?? [];
  if (of !== epoch || digits === undefined) return undefined;
  const seq = Number(digits);
  return seq <= last ? seq : undefined;
}

/** Characters of its texts, about. */
function sizeOf({ clientid, username, topic, reason, events }: CallRow): number {
  return 400 + clientid.length + username.length + topic.length + reason.length + 200 * events.length;
}
