/** Publishes events to another MQTT broker: MQTT 5, with an acknowledgement for each. */

import type { IClientOptions } from 'mqtt';
import { withSignal } from '../../lib/with-signal.ts';
import { bisect, type Numbered } from '../bisect.ts';
import type { Delivery } from '../delivery.ts';
import { abortable, allOver, Mutex } from '../mutex.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import { Reconnecting } from '../reconnecting.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import { type Connect, type MqttLink, openLink } from './connection.ts';
import type { MqttOptions } from './declaration.ts';
import {
  estimateBytes,
  findPropertyProblem,
  findTopicProblem,
  isRisky,
  type Publication,
  toPublication,
} from './encode.ts';
import { explain, LostError, ReasonError, reasonOf } from './errors.ts';

interface NumberedPublication extends Numbered {
  readonly publication: Publication;
  /** Whether the event chose the topic, not the configuration. */
  readonly hasOwnTopic: boolean;
}

export class MqttSink implements Sink {
  readonly name: string;
  readonly #options: MqttOptions;
  readonly #place: string;
  readonly #log: SinkWorld['log'];
  /** One batch at a time: if the broker closes the connection over a packet, it is one of that batch. */
  readonly #turns = new Mutex();
  readonly #link: Reconnecting<MqttLink>;

  constructor(
    connect: Connect,
    connection: IClientOptions,
    options: MqttOptions,
    place: string,
    { name, log }: SinkWorld,
  ) {
    this.name = name;
    this.#options = options;
    this.#place = place;
    this.#log = log;
    this.#link = new Reconnecting({
      connect: () => openLink(connect, connection, options.maxInFlight),
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
    if (items.length > 0)
      await withSignal(
        this.#turns.take(() => this.#publish(items, outcome, signal), signal),
        signal,
      );
    return outcome.settle(
      tellOfPart(this.#log, this.name, 'a part of a batch was not acknowledged and is retried'),
    );
  }

  async check(): Promise<void> {
    try {
      await this.#link.get();
    } catch (error) {
      throw explain(error, this.#place);
    }
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  #prepare(batch: readonly Delivery[], outcome: ReceiptBuilder): NumberedPublication[] {
    const items: NumberedPublication[] = [];
    for (const [index, delivery] of batch.entries()) {
      const own =
        delivery.target ?? (this.#options.topic === undefined ? delivery.attributes.subject : undefined);
      const topic = own ?? this.#options.topic ?? '';
      const publication = toPublication(delivery, topic, this.#options);
      const problem = findTopicProblem(topic) ?? findPropertyProblem(publication);
      if (problem === undefined) items.push({ index, publication, hasOwnTopic: own !== undefined });
      else outcome.reject(index, problem);
    }
    return items;
  }

  async #publish(
    items: readonly NumberedPublication[],
    outcome: ReceiptBuilder,
    signal: AbortSignal,
  ): Promise<void> {
    const write = (some: readonly NumberedPublication[]) => this.#publishAll(some, outcome, signal);
    try {
      await bisect(items, { write, reasonOf: reasonAmong }, outcome);
    } catch (error) {
      outcome.blame(signal.aborted ? signal.reason : explain(error, this.#place));
    }
  }

  async #publishAll(
    items: readonly NumberedPublication[],
    outcome: ReceiptBuilder,
    signal: AbortSignal,
  ): Promise<void> {
    const link = await withSignal(this.#link.get(), signal);
    const left = outcome.wanted(items.filter(({ index }) => !outcome.isSettled(index)));
    await abortable(
      signal,
      () => link.drop(signal.reason),
      () => allOver(left.map((item) => publishOne(link, item, outcome))),
    );
  }
}

/**
 * Returns why the connection was closed over one of these publications. A lost connection is not a publication's fault,
 * unless its topic is one over which some brokers close it.
 */
function reasonAmong(error: unknown, items: readonly NumberedPublication[]): string | undefined {
  // Answered publications are settled: their answers say nothing about the others.
  if (error instanceof ReasonError && error.isAnswer) return undefined;
  if (error instanceof LostError && items.some(({ publication }) => isRisky(publication)))
    return 'the broker closes the connection over a control character in the topic';
  return reasonOf(
    error,
    items.some(({ hasOwnTopic }) => hasOwnTopic),
  );
}

/** @throws if the broker has not answered, or may take it later. */
async function publishOne(
  link: MqttLink,
  { index, publication, hasOwnTopic }: NumberedPublication,
  outcome: ReceiptBuilder,
): Promise<void> {
  if (estimateBytes(publication) > link.maxPacketBytes)
    return outcome.reject(index, 'the packet is larger than the broker accepts');
  try {
    await link.publish(publication);
    outcome.confirm(index);
  } catch (error) {
    const reason = error instanceof ReasonError && error.isAnswer ? reasonOf(error, hasOwnTopic) : undefined;
    if (reason === undefined) throw error;
    outcome.reject(index, reason);
  }
}
