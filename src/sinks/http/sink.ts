/** Writes batches as requests, and reads the result of each event from the responses. */
import { setMaxListeners } from 'node:events';
import { bisect } from '../bisect.ts';
import { writeByKey } from '../by-key.ts';
import type { Delivery } from '../delivery.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import type { Answer, Client } from './connection.ts';
import { type Content, contentOf, contentOfBatch } from './encode.ts';
import { pathFor } from './path.ts';
import { readRetryAfter } from './retry-after.ts';
import type { Sign } from './sign.ts';
import { adviseOn, type Blame, judge } from './status.ts';

export interface HttpSinkOptions extends Pick<SinkWorld, 'name' | 'log'> {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly sign: Sign | undefined;
  readonly isBatched: boolean;
  /** The most requests of one batch in flight. */
  readonly requests: number;
  /** Milliseconds. */
  readonly maxRetryAfter: number;
  /** The wall clock, for dates in Retry-After: milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock: only differences are meaningful. */
  readonly monotonic: () => number;
}

/** Thrown if the service will never accept what was sent. */
class Refused extends Error {}

const sharedBlame: Blame = { hasOwnPath: false, hasOwnType: false };

export class HttpSink implements Sink {
  readonly name: string;
  readonly #options: HttpSinkOptions;
  /** Until when the service asked for a pause, by the monotonic clock. */
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: HttpSinkOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): Promise<Receipt | undefined> {
    this.#mindPause();
    const { log, name, requests } = this.#options;
    // Each request adds a listener: many listeners are not a leak here.
    setMaxListeners(0, signal);
    const outcome = new ReceiptBuilder(batch, isWanted);
    if (this.#mayShareRequests(batch)) await this.#writeTogether(batch, signal, outcome);
    else await writeByKey(batch, requests, (delivery) => this.#writeOne(delivery, signal), outcome);
    return outcome.settle(tellOfPart(log, name));
  }

  async check(): Promise<void> {
    const { headers, url, client, sign } = this.#options;
    const path = pathFor(url, undefined) ?? '/';
    const body = new Uint8Array();
    const request = { method: 'HEAD', path, headers: { ...headers, ...sign?.('check', body) }, body };
    const { status } = await client.send(request, new AbortController().signal);
    // The status of HEAD says nothing about events.
    if (status >= 500 || status === 401 || status === 403 || status === 407) throw this.#complaint(status);
  }

  async close(): Promise<void> {
    this.#options.client.close();
  }

  #mayShareRequests(batch: readonly Delivery[]): boolean {
    const { isBatched } = this.#options;
    return (
      isBatched &&
      batch.length > 1 &&
      batch.every(({ format, target }) => format === 'structured' && target === undefined)
    );
  }

  async #writeTogether(
    batch: readonly Delivery[],
    signal: AbortSignal,
    outcome: ReceiptBuilder,
  ): Promise<void> {
    const { sign } = this.#options;
    const all = batch.map((delivery, index) => ({ delivery, index }));
    const items = outcome.wanted(all);
    if (items.length === 0) return;
    const attempt = {
      write: async (some: readonly (typeof items)[number][]) => {
        const content = contentOfBatch(
          some.map(({ delivery }) => delivery),
          sign,
        );
        await this.#send(content, undefined, sharedBlame, signal);
      },
      reasonOf: (error: unknown) => (error instanceof Refused ? error.message : undefined),
    };
    await bisect(items, attempt, outcome).catch((error) => outcome.blame(error));
  }

  async #writeOne(delivery: Delivery, signal: AbortSignal): Promise<string | undefined> {
    const { target, format } = delivery;
    const blame = { hasOwnPath: target !== undefined, hasOwnType: format !== 'structured' };
    try {
      await this.#send(contentOf(delivery, this.#options.sign), target, blame, signal);
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error.message;
      throw error;
    }
  }

  /** @throws Refused, or another error if the request may be retried. */
  async #send(
    content: Content,
    target: string | undefined,
    blame: Blame,
    signal: AbortSignal,
  ): Promise<void> {
    const { url, client, method, headers } = this.#options;
    const path = pathFor(url, target);
    if (path === undefined)
      throw new Refused('its path has a "." or ".." as a part, which would lead elsewhere');
    this.#mindPause();
    const request = { method, path, headers: { ...headers, ...content.headers }, body: content.body };
    const answer = await client.send(request, signal);
    const verdict = judge(answer.status, blame);
    if (verdict === 'taken') return;
    if (verdict === 'refused') throw new Refused(`the service refused it with status ${answer.status}`);
    this.#notePause(answer);
    throw this.#complaint(answer.status);
  }

  #notePause({ retryAfter }: Answer): void {
    const { now, monotonic, maxRetryAfter } = this.#options;
    const until = monotonic() + readRetryAfter(retryAfter, now(), maxRetryAfter);
    this.#notBefore = Math.max(this.#notBefore, until);
  }

  /** Fails at once during the pause: the queue in front of this sink waits and retries. */
  #mindPause(): void {
    const { monotonic, url } = this.#options;
    const left = this.#notBefore - monotonic();
    if (left > 0)
      throw new Error(`${url.host} asked for a pause of ${Math.ceil(left / 1000)} s more (Retry-After)`);
  }

  #complaint(status: number): Error {
    return new Error(`${this.#options.url.host} returned status ${status}: ${adviseOn(status)}`);
  }
}
