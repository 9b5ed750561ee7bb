/** A producer that is used until something fails, and never again after that. */
import type { Admin, BaseOptions, Producer } from '@platformatic/kafka';
import type { KafkaOptions } from './declaration.ts';
import type { KafkaRecord } from './encode.ts';
import { isTopicThere } from './errors.ts';

export type KafkaLibrary = typeof import('@platformatic/kafka');

type KafkaProducer = Producer<Buffer, Buffer, Buffer, Buffer>;

/** How often the client itself retries, with the same sequence numbers, and the pause between attempts. */
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

  /** Returns how many partitions each topic has. @throws if one of them cannot be written to. */
  async countPartitions(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return await this.#use(async (producer) => {
      const metadata = await producer.metadata({ topics: [...topics] });
      return new Map(topics.map((topic) => [topic, metadata.topics.get(topic)?.partitionsCount ?? 1]));
    });
  }

  /** Returns the partition of a key: the same one that clients in other languages pick. */
  partitionOf(key: Buffer, partitions: number): number {
    const hash = this.#library.compatibilityPartitioner(undefined as never, key);
    return hash % partitions;
  }

  /** Writes records to their partitions and waits for all replicas. One call at a time. */
  async send(records: readonly KafkaRecord[]): Promise<void> {
    await this.#use((producer) => producer.send({ messages: [...records] }));
  }

  /** Checks that a topic exists, independently of the producer. @throws if it does not. */
  async findTopic(topic: string): Promise<void> {
    await this.#administer((admin) => admin.metadata({ topics: [topic] }));
  }

  /** Creates topics; leaves existing ones unchanged. */
  async createTopics(topics: readonly string[]): Promise<void> {
    const { partitions = -1, replicas = -1 } = this.#options.createTopics ?? {};
    try {
      await this.#administer((admin) => admin.createTopics({ topics: [...topics], partitions, replicas }));
    } catch (error) {
      if (!isTopicThere(error)) throw error;
    }
  }

  /** Uses its own short-lived client, which asks once. */
  async #administer(work: (admin: Admin) => Promise<unknown>): Promise<void> {
    const admin = surviving(new this.#library.Admin({ ...this.#connection, retries: 0 }));
    try {
      await work(admin);
    } finally {
      await admin.close().catch(() => {});
    }
  }

  /** Ends at once: nothing sent before may arrive after what is sent next. */
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
   * Creates a producer with a new identity. After a failure the client does not know which of its sequence numbers the
   * brokers have seen. A broker that gets other records under known numbers reports them as duplicates and drops them.
   * A failed producer is therefore replaced.
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
      // The next attempt sorts all records again and finds a leader that has moved.
      repeatOnStaleMetadata: false,
    });
    return surviving(producer);
  }
}

/**
 * A connection that ends during login reports its failure twice. The client listens once: the second report would end
 * this process.
 */
function surviving<Client extends KafkaProducer | Admin>(client: Client): Client {
  for (const event of ['client:broker:failed', 'client:broker:connect'] as const)
    client.on(event, ({ connection }) => connection?.on('error', () => {}));
  return client;
}
