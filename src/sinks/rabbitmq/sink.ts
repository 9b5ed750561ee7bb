/** Publishes events to a RabbitMQ exchange, each confirmed by the server (publisher confirms). */

import { withSignal } from '../../lib/with-signal.ts';
import type { Delivery } from '../delivery.ts';
import { abortable, allOver } from '../mutex.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import { Reconnecting } from '../reconnecting.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import { type Connect, type Link, openLink } from './connection.ts';
import type { RabbitmqOptions } from './declaration.ts';
import { findRoutingProblem, type Publication, toPublication } from './encode.ts';
import { explain, KEY_REFUSED, refusedKeyOf, refusedSizeOf } from './errors.ts';

interface NumberedPublication {
  readonly index: number;
  readonly publication: Publication;
  /** Whether the event chose the routing key, not the configuration. */
  readonly hasOwnKey: boolean;
}

export class RabbitmqSink implements Sink {
  readonly name: string;
  readonly #connect: Connect;
  readonly #options: RabbitmqOptions;
  readonly #place: string;
  readonly #log: SinkWorld['log'];
  readonly #link: Reconnecting<Link>;

  constructor(connect: Connect, options: RabbitmqOptions, place: string, { name, log }: SinkWorld) {
    this.name = name;
    this.#connect = connect;
    this.#options = options;
    this.#place = place;
    this.#log = log;
    this.#link = new Reconnecting({
      connect: () => openLink(connect, options),
      isOpen: (link) => link.isOpen,
      end: (link) => link.close(),
    });
  }

  async write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): Promise<Receipt | undefined> {
    const outcome = new ReceiptBuilder(batch, isWanted);
    const items = this.#prepare(batch, outcome);
    if (items.length > 0) await this.#publish(items, outcome, signal);
    return outcome.settle(
      tellOfPart(this.#log, this.name, 'a part of a batch was not confirmed and is retried'),
    );
  }

  async check(): Promise<void> {
    const { exchange } = this.#options;
    try {
      await this.#link.get();
      if (exchange !== undefined) await this.#checkExchange(exchange);
    } catch (error) {
      throw explain(error, this.#place, exchange);
    }
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #prepare(batch: readonly Delivery[], outcome: ReceiptBuilder): NumberedPublication[] {
    const { routingKey, mandatory } = this.#options;
    const items: NumberedPublication[] = [];
    for (const [index, delivery] of batch.entries()) {
      const key = delivery.target ?? routingKey;
      const problem = findRoutingProblem(key);
      if (problem !== undefined) {
        outcome.reject(index, problem);
        continue;
      }
      const publication = toPublication(delivery, key, mandatory);
      items.push({ index, publication, hasOwnKey: delivery.target !== undefined });
    }
    return items;
  }

  /** Sends everything in order, then waits for the server. */
  async #publish(
    items: readonly NumberedPublication[],
    outcome: ReceiptBuilder,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const link = await withSignal(this.#link.get(), signal);
      await abortable(
        signal,
        () => link.drop(signal.reason),
        () => allOver(outcome.wanted(items).map((item) => publishOne(link, item, outcome))),
      );
    } catch (error) {
      this.#blame(error, items, outcome, signal);
    }
  }

  #blame(
    error: unknown,
    items: readonly NumberedPublication[],
    outcome: ReceiptBuilder,
    signal: AbortSignal,
  ): void {
    const size = refusedSizeOf(error) ?? Number.POSITIVE_INFINITY;
    const key = refusedKeyOf(error);
    for (const { index, publication, hasOwnKey } of items) {
      if (publication.content.length >= size) outcome.reject(index, TOO_LARGE);
      else if (hasOwnKey && publication.routingKey === key) outcome.reject(index, KEY_REFUSED);
    }
    outcome.blame(signal.aborted ? signal.reason : explain(error, this.#place, this.#options.exchange));
  }

  /** Uses its own connection: the server closes a channel that asks for a missing exchange. */
  async #checkExchange(exchange: string): Promise<void> {
    const connection = await this.#connect();
    connection.on('error', () => {});
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => {});
      await channel.checkExchange(exchange);
    } finally {
      await connection.close().catch(() => {});
    }
  }
}

const TOO_LARGE = 'the body is larger than max_message_size of the server';

async function publishOne(
  link: Link,
  { index, publication }: NumberedPublication,
  outcome: ReceiptBuilder,
): Promise<void> {
  try {
    const { returned } = await link.publish(publication);
    if (returned === undefined) outcome.confirm(index);
    else outcome.reject(index, returned);
  } catch (error) {
    // Thrown by the client's encoder before anything is sent.
    if (!(error instanceof RangeError)) throw error;
    outcome.reject(index, 'the attributes are larger than an AMQP frame allows');
  }
}
