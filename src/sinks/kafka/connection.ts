/** A producer that is used until something goes wrong, and then never again. */
import type { Admin, BaseOptions, Producer } from '@platformatic/kafka';
import type { KafkaOptions } from './declaration.ts';
import type { KafkaRecord } from './encode.ts';
import { isTopicThere } from './errors.ts';

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
  async countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return await this.#use(async (producer) => {
      const metadata = await producer.metadata({ topics: [...topics] });
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

  /** Asks whether a topic can be found, beside the producer and what it is doing. @throws when it cannot. */
  async findTopic(topic: string): Promise<void> {
    await this.#administer((admin) => admin.metadata({ topics: [topic] }));
  }

  /** Makes topics; those that are there already are left as they are. */
  async createTopics(topics: readonly string[]): Promise<void> {
    const { partitions = -1, replicas = -1 } = this.#options.createTopics ?? {};
    try {
      await this.#administer((admin) => admin.createTopics({ topics: [...topics], partitions, replicas }));
    } catch (error) {
      if (!isTopicThere(error)) throw error;
    }
  }

  /** With a client of its own, which is short-lived and asks once. */
  async #administer(work: (admin: Admin) => Promise<unknown>): Promise<void> {
    const admin = surviving(new this.#library.Admin({ ...this.#connection, retries: 0 }));
    try {
      await work(admin);
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
    const producer = new this.#library.Producer<Buffer, Buffer, Buffer, Buffer>({
      ...this.#connection,
      acks: this.#library.ProduceAcks.ALL,
      idempotent,
      compression,
      retries: RETRIES,
      retryDelay: RETRY_DELAY,
      // A leader that has moved is found by the next attempt, which sorts all records anew.
      repeatOnStaleMetadata: false,
    });
    return surviving(producer);
  }
}

/**
 * A connection that ends while it logs in tells twice of its failure. The client listens once: the second time would end
 * this process.
 */
function surviving<Client extends KafkaProducer | Admin>(client: Client): Client {
  for (const event of ['client:broker:failed', 'client:broker:connect'] as const)
    client.on(event, ({ connection }) => connection?.on('error', () => {}));
  return client;
}
