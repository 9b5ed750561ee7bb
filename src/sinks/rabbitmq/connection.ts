/** One connection to RabbitMQ with one confirm channel, opened when needed and again after it breaks. */
import type { Duplex } from 'node:stream';
import type { ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import type { RabbitmqOptions } from './declaration.ts';
import type { Publication } from './encode.ts';

/** Why the server returned a message. */
const RETURNED = 'no queue is bound for it: bind one, or see routingKey and mandatory';

/** The result of a message: taken, or returned with the reason. */
export type Verdict = { readonly returned?: string };

export interface Link {
  readonly isOpen: boolean;
  /** Settles when the server has answered. @throws if it did not, or the channel closed. */
  publish(publication: Publication): Promise<Verdict>;
  /** Ends at once: nothing sent before may arrive after what is sent next. */
  drop(cause: unknown): void;
  /** Closes gracefully. */
  close(): Promise<void>;
}

export type Connect = () => Promise<ChannelModel>;

export async function openLink(connect: Connect, options: RabbitmqOptions): Promise<Link> {
  const connection = await connect();
  connection.on('error', () => {});
  try {
    if (options.declare !== undefined) await declare(connection, options);
    return new ChannelLink(connection, await connection.createConfirmChannel(), options.exchange ?? '');
  } catch (error) {
    connection.close().catch(() => {});
    throw error;
  }
}

class ChannelLink implements Link {
  readonly #connection: ChannelModel;
  readonly #channel: ConfirmChannel;
  readonly #exchange: string;
  /** Returned messages whose confirmation is still to come: the server sends them in this order. */
  readonly #returned = new Set<string>();
  /** Callbacks of messages without an answer, for when the link ends: the client does not always report that. */
  readonly #unanswered = new Set<(error: unknown) => void>();
  #isOpen = true;
  /** Why the channel closed: the client hides this from those that wait for a confirmation. */
  #cause: unknown;

  constructor(connection: ChannelModel, channel: ConfirmChannel, exchange: string) {
    this.#connection = connection;
    this.#channel = channel;
    this.#exchange = exchange;
    const blame = (error: Error) => {
      this.#cause ??= error;
    };
    channel.on('error', blame);
    connection.on('error', blame);
    channel.on('close', () => this.drop(new Error('the channel was closed')));
    connection.on('close', () => this.drop(new Error('the connection was closed')));
    channel.on('return', ({ fields, properties }: Message) => {
      this.#returned.add(keyOf(fields.routingKey, properties.messageId));
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  publish({ routingKey, content, options }: Publication): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) return reject(this.#cause);
      const fail = (error: unknown) => reject(this.#cause ?? error);
      this.#channel.publish(this.#exchange, routingKey, content, options, (error: Error | null) => {
        if (!this.#unanswered.delete(fail)) return;
        if (error) return fail(error);
        const isReturned = this.#returned.delete(keyOf(routingKey, options.messageId));
        resolve(isReturned ? { returned: RETURNED } : {});
      });
      // Register after publishing, which throws if it cannot encode.
      this.#unanswered.add(fail);
    });
  }

  drop(cause: unknown): void {
    if (!this.#fail(cause)) return;
    const { stream } = this.#connection.connection as unknown as { readonly stream: Duplex };
    // Pass an error: the client does not listen for the plain end of a socket.
    stream.destroy(new Error('dropped'));
  }

  async close(): Promise<void> {
    if (this.#fail(new Error('the sink was closed'))) await this.#connection.close().catch(() => {});
  }

  /** @returns whether that is new. */
  #fail(cause: unknown): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#cause ??= cause;
    for (const fail of this.#unanswered) fail(cause);
    this.#unanswered.clear();
    return true;
  }
}

function keyOf(routingKey: string, messageId: unknown): string {
  return `${messageId}\0${routingKey}`;
}

async function declare(connection: ChannelModel, { declare, exchange }: RabbitmqOptions): Promise<void> {
  if (declare === undefined) return;
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  const { type, queue, queueType, binding } = declare;
  if (exchange !== undefined) await channel.assertExchange(exchange, type, { durable: true });
  if (queue !== undefined) {
    const options: Options.AssertQueue = { durable: true, arguments: { 'x-queue-type': queueType } };
    await channel.assertQueue(queue, options);
    if (exchange !== undefined) await channel.bindQueue(queue, exchange, binding);
  }
  await channel.close();
}
