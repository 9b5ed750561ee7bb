/** Writes events to Kafka topics: idempotent, and confirmed by all replicas. */

import { withSignal } from '../../lib/with-signal.ts';
import { bisect, type Numbered } from '../bisect.ts';
import type { Delivery } from '../delivery.ts';
import { Mutex } from '../mutex.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import type { KafkaClient } from './connection.ts';
import type { KafkaOptions } from './declaration.ts';
import { findTopicProblem, type KafkaRecord, toRecord } from './encode.ts';
import {
  answersOf,
  explain,
  isAboutTopic,
  isForbiddenTopic,
  isRefusal,
  isUnknownTopic,
  partitionKey,
  reasonOf,
} from './errors.ts';

interface NumberedRecord extends Numbered {
  readonly record: KafkaRecord;
  /** Whether the event chose the topic, not the configuration. */
  readonly hasOwnTopic: boolean;
}

export class KafkaSink implements Sink {
  readonly name: string;
  readonly #client: KafkaClient;
  readonly #options: KafkaOptions;
  readonly #log: SinkWorld['log'];
  readonly #place: string;
  /** One batch at a time: two concurrent batches would get the same sequence numbers. */
  readonly #turns = new Mutex();

  constructor(client: KafkaClient, options: KafkaOptions, { name, log }: SinkWorld) {
    this.name = name;
    this.#client = client;
    this.#options = options;
    this.#log = log;
    this.#place = `Kafka at ${options.brokers.join(', ')}`;
  }

  async write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): Promise<Receipt | undefined> {
    const outcome = new ReceiptBuilder(batch, isWanted);
    const items = this.#prepare(batch, outcome);
    if (items.length > 0) {
      const work = () =>
        withSignal(this.#writeTopics(items, outcome), signal).catch((error) => this.#giveUp(error));
      await withSignal(this.#turns.take(work, signal), signal);
    }
    return outcome.settle(
      tellOfPart(this.#log, this.name, 'a part of a batch was not confirmed and is retried'),
    );
  }

  async check(): Promise<void> {
    const { topic } = this.#options;
    try {
      await this.#orCreate([topic], () => this.#client.findTopic(topic));
    } catch (error) {
      throw explain(error, this.#placeOf([topic]));
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #prepare(batch: readonly Delivery[], outcome: ReceiptBuilder): NumberedRecord[] {
    const items: NumberedRecord[] = [];
    for (const [index, delivery] of batch.entries()) {
      const { target } = delivery;
      const topic = target ?? this.#options.topic;
      const problem = findTopicProblem(topic);
      if (problem === undefined)
        items.push({ index, record: toRecord(delivery, topic), hasOwnTopic: target !== undefined });
      else outcome.reject(index, `the target ${problem}`);
    }
    return items;
  }

  /** Only for the signal: everything else is in the outcome. */
  #giveUp(reason: unknown): never {
    this.#client.drop();
    throw reason;
  }

  /** Writes all topics at once; if one of them fails, each on its own. */
  async #writeTopics(items: readonly NumberedRecord[], outcome: ReceiptBuilder): Promise<void> {
    const topics = groupBy(items, ({ record }) => record.topic);
    const names = [...topics.keys()];
    try {
      const partitions = await this.#orCreate(names, () => this.#client.countPartitions(names));
      await this.#writePartitions(items, partitions, outcome);
    } catch (error) {
      if (names.length === 1 || !isAboutTopic(error)) return this.#blame(error, names, items, outcome);
      for (const some of topics.values()) {
        const left = some.filter(({ index }) => !outcome.isSettled(index));
        if (left.length > 0) await this.#writeTopics(left, outcome);
      }
    }
  }

  /** An event chose this topic, which will never accept it: do not delay the others. */
  #blame(
    error: unknown,
    topics: readonly string[],
    items: readonly NumberedRecord[],
    outcome: ReceiptBuilder,
  ): void {
    const trouble = explain(error, this.#placeOf(topics));
    if (topics.length === 1 && this.#isForGood(error))
      for (const { index, hasOwnTopic } of items)
        if (hasOwnTopic && !outcome.isSettled(index)) outcome.reject(index, trouble.message);
    outcome.blame(trouble);
  }

  #isForGood(error: unknown): boolean {
    // A new topic is not known to all brokers at once.
    return isForbiddenTopic(error) || (this.#options.createTopics === undefined && isUnknownTopic(error));
  }

  /** Looks topics up, and again after creating a missing one, if allowed. */
  async #orCreate<T>(topics: readonly string[], ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (this.#options.createTopics === undefined || topics.length > 1 || !isUnknownTopic(error))
        throw error;
      await this.#client.createTopics(topics);
      return await ask();
    }
  }

  /** @throws errors about a topic as a whole. */
  async #writePartitions(
    items: readonly NumberedRecord[],
    partitions: ReadonlyMap<string, number>,
    outcome: ReceiptBuilder,
  ): Promise<void> {
    const placed = outcome.wanted(items).map((item) => {
      const { key, topic } = item.record;
      const partition = this.#client.partitionOf(key, partitions.get(topic) ?? 1);
      return { ...item, record: { ...item.record, partition } };
    });
    if (placed.length === 0) return;
    try {
      await this.#client.send(placed.map(({ record }) => record));
      for (const { index } of placed) outcome.confirm(index);
    } catch (error) {
      await this.#sortOut(placed, error, outcome);
    }
  }

  /** Some partitions may have accepted a failed request while others rejected it because of one record. */
  async #sortOut(
    items: readonly (NumberedRecord & { readonly record: { readonly partition: number } })[],
    error: unknown,
    outcome: ReceiptBuilder,
  ): Promise<void> {
    const answers = answersOf(error);
    const groups = groupBy(items, ({ record }) => partitionKey(record.topic, record.partition));
    const send = (some: readonly NumberedRecord[]) => this.#client.send(some.map(({ record }) => record));
    for (const [key, group] of groups) {
      const answer = answers.get(key);
      if (answer === 0) for (const { index } of group) outcome.confirm(index);
      else if (isRefusal(answer)) await bisect(group, { write: send, reasonOf }, outcome);
    }
    if (items.some(({ index }) => !outcome.isSettled(index))) throw error;
  }

  #placeOf(topics: readonly string[]): string {
    return topics.length === 1 ? `${this.#place}, topic ${topics[0]}` : this.#place;
  }
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
