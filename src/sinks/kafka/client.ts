/** A producer that is used until something goes wrong, and then never again. */
import type { BaseOptions, Producer } from '@platformatic/kafka';
import type { KafkaOptions } from '../../config/sections/sinks/kafka.ts';
import type { KafkaRecord } from './record.ts';

export type KafkaLibrary = typeof import('@platformatic/kafka');

type KafkaProducer = Producer<Buffer, Buffer, Buffer, Buffer>;

/** How often the client itself tries again, with the same sequence numbers, and how long it waits between. */
const RETRIES = 2;
const RETRY_DELAY = 100;

export class KafkaClient {
  readonly #library: KafkaLibrary;
  readonly #connection: BaseOptions;
  readonly #options: KafkaOptions;
  #producer: KafkaProducer | undefined;

  constructor(library: KafkaLibrary, connection: BaseOptions, options: KafkaOptions) {
    this.#library = library;
    this.#connection = connection;
    this.#options = options;
  }

  /** How many partitions each topic has. @throws when one of them cannot be written to. */
  async countPartitions(
    topics: readonly string[],
    forceUpdate = false,
  ): Promise<ReadonlyMap<string, number>> {
    return await this.#use(async (producer) => {
      const metadata = await producer.metadata({ topics: [...topics], forceUpdate });
      return new Map(topics.map((topic) => [topic, metadata.topics.get(topic)?.partitionsCount ?? 1]));
    });
  }

  /** The partition of a key: the one that clients in other languages pick, too. */
  partitionOf(key: Buffer, partitions: number): number {
    const hash = this.#library.compatibilityPartitioner(undefined as never, key);
    return hash % partitions;
  }

  /** Writes records to their partitions and waits for all replicas. One call at a time. */
  async send(records: readonly KafkaRecord[]): Promise<void> {
    await this.#use((producer) => producer.send({ messages: [...records] }));
  }

  async createTopics(topics: readonly string[]): Promise<void> {
    const { partitions = -1, replicas = -1 } = this.#options.createTopics ?? {};
    const admin = new this.#library.Admin({ ...this.#connection, retries: 0 });
    try {
      await admin.createTopics({ topics: [...topics], partitions, replicas });
    } finally {
      await admin.close().catch(() => {});
    }
  }

  /** Ends at once, so that nothing that was sent before arrives after what is sent next. */
  drop(): void {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer === undefined) return;
    for (const [, connection] of producer.connections) connection.socket?.destroy();
    Promise.resolve(producer.close(true)).catch(() => {});
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await Promise.resolve(producer?.close(true)).catch(() => {});
  }

  /**
   * After a failure the client does not know which of its numbers the brokers have seen. A broker that is sent
   * other records under numbers it knows answers that it has them already, and drops them: so a producer that
   * has failed is replaced by one with an identity of its own.
   */
  async #use<T>(work: (producer: KafkaProducer) => Promise<T>): Promise<T> {
    const producer = this.#producer ?? this.#open();
    this.#producer = producer;
    try {
      return await work(producer);
    } catch (error) {
      if (this.#producer === producer) this.drop();
      throw error;
    }
  }

  #open(): KafkaProducer {
    const { compression, idempotent } = this.#options;
    return new this.#library.Producer<Buffer, Buffer, Buffer, Buffer>({
      ...this.#connection,
      acks: this.#library.ProduceAcks.ALL,
      idempotent,
      compression,
      retries: RETRIES,
      retryDelay: RETRY_DELAY,
      // A leader that has moved is found by the next attempt, which sorts all records anew.
      repeatOnStaleMetadata: false,
    });
  }
}
