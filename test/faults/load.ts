/** A client that calls without a pause, on a broker's connections, and counts the results. */

import { readFileSync } from 'node:fs';
import { constants } from 'node:http2';
import { inputs } from '../support/inputs.ts';
import { requestOf } from '../support/runtime.ts';
import { frame, grpcHeaders, isAnswered, plain } from '../transport/fault-support.ts';
import { RawClient } from '../transport/raw-client.ts';

export interface Tally {
  /** Ids of the calls that were answered OK. */
  readonly answered: string[];
  /** Not taken by the server, which said so: the client may send them again. */
  unsent: number;
  /** Taken, or perhaps taken, and not answered. */
  readonly lost: string[];
}

/** One connection with so many calls in flight. Runs until the server or `stop` ends it. */
export class Lane {
  readonly client: RawClient;
  readonly tally: Tally = { answered: [], unsent: 0, lost: [] };
  readonly over: Promise<unknown>;
  readonly #name: string;
  #isStopped = false;
  #sent = 0;
  /** The last stream that the server took, once it has said so. */
  #last = Number.POSITIVE_INFINITY;

  constructor(url: string, name: string, streams: number) {
    this.client = new RawClient(url);
    this.#name = name;
    this.client.session.on('goaway', (_code, lastStream) => {
      this.#last = Math.min(this.#last, lastStream);
    });
    this.over = Promise.all(Array.from({ length: streams }, () => this.#run()));
  }

  /** Whether the connection ended without a word. */
  get isBroken(): boolean {
    return this.client.session.destroyed && this.#last === Number.POSITIVE_INFINITY;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.over;
    await this.client.close();
  }

  async #run(): Promise<void> {
    const { session } = this.client;
    while (!this.#isStopped && !session.closed && !session.destroyed) {
      const clientid = `${this.#name}-${++this.#sent}`;
      const input = inputs()['client.connected'];
      const request = requestOf(plain, { ...input, clientinfo: { ...input.clientinfo, clientid } });
      const { stream, answer } = this.client.open(grpcHeaders(plain.path));
      stream.end(frame(request));
      // The number of a stream is lost when it closes.
      let id = stream.id ?? 0;
      stream.once('ready', () => {
        id = stream.id ?? 0;
      });
      if (await answer.then(isAnswered, () => false)) this.tally.answered.push(clientid);
      // Refused: nobody has seen it, and it may be sent again. [RFC 9113, section 8.7]
      else if (id === 0 || id > this.#last || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM)
        this.tally.unsent++;
      else this.tally.lost.push(clientid);
    }
  }
}

export function startLanes(url: string, connections = 8, streams = 16): Lane[] {
  return Array.from({ length: connections }, (_, index) => new Lane(url, `c${index}`, streams));
}

export function sum(lanes: readonly Lane[]): Tally {
  return {
    answered: lanes.flatMap(({ tally }) => tally.answered),
    unsent: lanes.reduce((total, { tally }) => total + tally.unsent, 0),
    lost: lanes.flatMap(({ tally }) => tally.lost),
  };
}

/** Resident memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Measurements, for the person who runs the tests. */
export function report(what: string, figures: Readonly<Record<string, number>>): void {
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
