/** Writes batches as transactions, and reads the result of each event from the answers. */
import { withSignal } from '../../lib/with-signal.ts';
import { withTimeLimit } from '../../lib/with-timeout.ts';
import type { Delivery } from '../delivery.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import { Reconnecting } from '../reconnecting.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import type { RedisConnection } from './connection.ts';
import { type Argument, commandFor, type EntryOptions } from './encode.ts';
import { explain, isAboutKey, isStillGood } from './errors.ts';

export interface RedisSinkOptions extends EntryOptions, Pick<SinkWorld, 'name' | 'log'> {
  readonly stream: string;
  readonly replicas: number;
  /** Milliseconds. */
  readonly timeout: number;
  /** Name of the server in messages. */
  readonly place: string;
  readonly connect: () => Promise<RedisConnection>;
}

interface Item {
  readonly index: number;
  readonly command: readonly Argument[];
  /** Whether the route chose the stream, with parts of the event in its name. */
  readonly hasOwnStream: boolean;
}

const NO_STREAM = 'there is no such stream: create it, or see create';

export class RedisSink implements Sink {
  readonly name: string;
  readonly #options: RedisSinkOptions;
  readonly #connection: Reconnecting<RedisConnection>;

  constructor(options: RedisSinkOptions) {
    this.name = options.name;
    this.#options = options;
    this.#connection = new Reconnecting({
      connect: options.connect,
      isOpen: (connection) => connection.isOpen,
      end: (connection) => connection.destroy(),
    });
  }

  async write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): Promise<Receipt | undefined> {
    if (batch.length === 0) return undefined;
    const { log, name, stream } = this.#options;
    const outcome = new ReceiptBuilder(batch, isWanted);
    const items = batch.map((delivery, index) => {
      const { target } = delivery;
      const command = commandFor(delivery, target ?? stream, this.#options);
      return { index, command, hasOwnStream: target !== undefined };
    });
    await this.#writeAll(items, outcome, signal).catch((error) => outcome.blame(error));
    return outcome.settle(tellOfPart(log, name));
  }

  async check(): Promise<void> {
    const { stream, create, place } = this.#options;
    const kind = await this.#use(new AbortController().signal, async (redis) => {
      await redis.send(['PING']);
      return await redis.send(['TYPE', stream]);
    });
    if (kind === 'none' && !create) throw new Error(`${place}: ${NO_STREAM}`);
    if (kind !== 'none' && kind !== 'stream') throw explain(new Error('WRONGTYPE '), place);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /**
   * Runs one transaction. If events chose keys that Redis rejects, Redis rejects the whole transaction; halves are then
   * tried in order until each such event stands alone.
   *
   * @throws errors that are not the fault of an event.
   */
  async #writeAll(items: readonly Item[], outcome: ReceiptBuilder, signal: AbortSignal): Promise<void> {
    try {
      for (const [item, answer] of await this.#transact(items, outcome, signal))
        this.#settle(item, answer, outcome);
    } catch (error) {
      const [first] = items;
      const isKeyRefused =
        isAboutKey((error as Error).cause) && items.some(({ hasOwnStream }) => hasOwnStream);
      if (!isKeyRefused || first === undefined) throw error;
      if (items.length === 1) return outcome.reject(first.index, (error as Error).message);
      const middle = items.length >> 1;
      await this.#writeAll(items.slice(0, middle), outcome, signal);
      await this.#writeAll(items.slice(middle), outcome, signal);
    }
  }

  /** The rest of the transaction is in its streams, whatever the result of this one. */
  #settle({ index, hasOwnStream }: Item, answer: unknown, outcome: ReceiptBuilder): void {
    const problem = problemOf(answer, this.#options.place);
    if (problem === undefined) outcome.confirm(index);
    else if (hasOwnStream) outcome.reject(index, problem.message);
    else outcome.blame(problem);
  }

  async #transact(
    items: readonly Item[],
    outcome: ReceiptBuilder,
    signal: AbortSignal,
  ): Promise<readonly (readonly [Item, unknown])[]> {
    return await this.#use(signal, async (redis) => {
      const wanted = outcome.wanted(items);
      if (wanted.length === 0) return [];
      const answers = await redis.transact(wanted.map(({ command }) => command));
      await this.#awaitReplicas(redis);
      return wanted.map((item, i) => [item, answers[i]] as const);
    });
  }

  async #awaitReplicas(redis: RedisConnection): Promise<void> {
    const { replicas, timeout } = this.#options;
    if (replicas === 0) return;
    const reached = Number(await redis.send(['WAIT', String(replicas), String(Math.ceil(timeout / 2))]));
    if (reached < replicas) throw new Error(`${reached} of ${replicas} replicas have confirmed (replicas)`);
  }

  /** @throws Error that says what is wrong and what to do; its cause is what Redis said. */
  async #use<T>(signal: AbortSignal, work: (redis: RedisConnection) => Promise<T>): Promise<T> {
    const { timeout, place } = this.#options;
    let redis: RedisConnection | undefined;
    try {
      redis = await withSignal(this.#connection.get(), signal);
      const using = redis;
      return await withTimeLimit(signal, timeout, (limited) => withSignal(work(using), limited));
    } catch (cause) {
      if (redis !== undefined && !isStillGood(cause)) await this.#connection.drop(redis);
      throw Object.assign(explain(cause, place), { cause });
    }
  }
}

function problemOf(answer: unknown, place: string): Error | undefined {
  if (answer instanceof Error) return explain(answer, place);
  return answer === null ? new Error(`${place}: ${NO_STREAM}`) : undefined;
}
