/**
 * Publishes to streams and matches JetStream's answers, over one subscription. The library's own `publish` creates an
 * error with a stack, a timer and several promises per message: about 50 microseconds of CPU, and garbage whose
 * collection delays answers to brokers.
 */
import type { ApiError } from '@nats-io/jetstream';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { Slots } from './slots.ts';

export interface PublisherOptions {
  readonly connection: NatsConnection;
  /** Milliseconds until an answer counts as missing. */
  readonly timeout: number;
  readonly core: Pick<typeof import('@nats-io/transport-node'), 'createInbox' | 'errors'>;
  readonly jetstream: Pick<typeof import('@nats-io/jetstream'), 'JetStreamApiError'>;
}

interface UnderWay {
  readonly subject: string;
  /** By performance.now(). */
  readonly due: number;
  readonly settle: (error?: unknown) => void;
}

/** The status of a reply without a body: the subject has no subscribers. */
const NO_RESPONDERS = 503;

export class Publisher {
  readonly #options: PublisherOptions;
  /** The prefix of reply subjects: a number follows. */
  readonly #inbox: string;
  readonly #underWay = new Slots<UnderWay>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PublisherOptions) {
    const { connection, core } = options;
    this.#options = options;
    this.#inbox = `${core.createInbox()}.`;
    connection.subscribe(`${this.#inbox}*`, {
      callback: (error, message) => (error === null ? this.#onAnswer(message) : this.#fail(error)),
    });
    this.#watch(connection);
  }

  /**
   * Resolves when a stream has stored the message. Messages are sent in the order of the calls.
   *
   * @throws the same errors as the library's own `publish`: JetStream, permissions, timeout, connection.
   */
  publish(subject: string, body: Uint8Array, headers: MsgHdrs): Promise<void> {
    const { connection, timeout } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      const number = this.#underWay.put({ subject, due: performance.now() + timeout, settle });
      try {
        connection.publish(subject, body, { headers, reply: this.#inbox + number });
      } catch (error) {
        this.#underWay.take(number)?.settle(error);
        return;
      }
      this.#timer ??= setTimeout(() => this.#expire(), timeout).unref();
    });
  }

  #onAnswer(message: Msg): void {
    const sent = this.#underWay.take(message.subject.slice(this.#inbox.length));
    sent?.settle(this.#troubleOf(message, sent.subject));
  }

  #troubleOf(message: Msg, subject: string): unknown {
    const { core, jetstream } = this.#options;
    if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS)
      return new core.errors.NoRespondersError(subject);
    try {
      const { error, stream } = message.json<{ error?: ApiError; stream?: string }>();
      if (error !== undefined) return new jetstream.JetStreamApiError(error);
      return stream ? undefined : new Error('the answer names no stream');
    } catch (cause) {
      return new Error('the answer is not one of JetStream', { cause });
    }
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    const late = this.#underWay.takeIf(({ due }) => {
      if (due > now) next = Math.min(next, due);
      return due <= now;
    });
    // At least one more: a timer that fires early must not fire again at once.
    if (next < Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.#expire(), next - now + 1).unref();
    for (const { settle } of late) settle(new this.#options.core.errors.TimeoutError());
  }

  /** The server reports permission errors beside the answers, and a closed connection reports nothing. */
  async #watch(connection: NatsConnection): Promise<void> {
    const lost = () => new this.#options.core.errors.ClosedConnectionError();
    connection.closed().then((error) => {
      clearTimeout(this.#timer);
      this.#fail(error ?? lost());
    });
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#fail(lost());
      else if (status.type === 'error') this.#refused(status.error);
    }
  }

  /** The server reports this for each message, in order. */
  #refused(error: Error): void {
    const { PermissionViolationError } = this.#options.core.errors;
    if (!(error instanceof PermissionViolationError) || error.operation !== 'publish') return;
    const [sent] = this.#underWay.takeIf(({ subject }) => subject === error.subject, 1);
    sent?.settle(error);
  }

  #fail(error: unknown): void {
    for (const { settle } of this.#underWay.takeIf(() => true)) settle(error);
  }
}
