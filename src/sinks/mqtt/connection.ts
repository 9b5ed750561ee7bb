/** One connection to a broker, from its CONNACK to its end. It never reconnects: a new one replaces it. */
import type { IClientOptions, MqttClient } from 'mqtt';
import { type Link, LinkedList } from '../../lib/linked-list.ts';
import type { Publication } from './encode.ts';
import { LostError, ReasonError } from './errors.ts';

export type Connect = (options: IClientOptions) => MqttClient;

interface Waiting {
  readonly publication: Publication;
  readonly settle: (error?: unknown) => void;
}

export class MqttLink {
  readonly #client: MqttClient;
  readonly #window: number;
  /** Bytes of the largest packet that the broker accepts. */
  readonly maxPacketBytes: number;
  readonly #waiting: Waiting[] = [];
  readonly #inFlight = new LinkedList<Waiting>();
  #cause: unknown;
  #isOpen = true;

  /** @param window the most publications in flight, unless the broker wants fewer. */
  constructor(client: MqttClient, window: number) {
    this.#client = client;
    const { receiveMaximum = 65_535, maximumPacketSize = Infinity } = client.serverProperties ?? {};
    this.#window = Math.min(window, receiveMaximum);
    this.maxPacketBytes = maximumPacketSize;
    // The remaining side closes the connection. [MQTT 5, section 4.13]
    client.on('disconnect', ({ reasonCode = 0 }) => this.drop(new ReasonError(reasonCode, false)));
    client.on('error', (error) => {
      this.drop(new LostError(error.message, { cause: error }));
    });
    client.on('close', () => this.drop(new LostError('the connection was lost')));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Publishes in the order of the calls. @throws if the broker has not acknowledged it. */
  publish(publication: Publication): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) return reject(this.#cause);
      const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      this.#waiting.push({ publication, settle });
      this.#send();
    });
  }

  /** Ends at once: nothing sent before may arrive after what is sent next. */
  drop(cause: unknown): void {
    if (!this.#fail(cause)) return;
    this.#client.end(true);
  }

  /** Sends DISCONNECT: the broker then does not count the close as a fault. */
  async close(): Promise<void> {
    if (this.#fail(new Error('the sink was closed'))) await this.#client.endAsync(!this.#client.connected);
  }

  /** Stops sending and receiving. @returns whether it was open until now. */
  #fail(cause: unknown): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#cause ??= cause;
    // First, since the client reports only that the connection was closed, and not why.
    const unsettled = [...this.#inFlight.clear(), ...this.#waiting.splice(0)];
    for (const { settle } of unsettled) settle(this.#cause);
    return true;
  }

  #send(): void {
    while (this.#inFlight.size < this.#window) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const place = this.#inFlight.add(next);
      const { topic, payload, options } = next.publication;
      this.#client.publish(topic, payload, options, (error) => this.#onAnswer(place, error));
    }
  }

  #onAnswer(place: Link<Waiting>, error: unknown): void {
    if (!place.remove()) return;
    const { code } = (error ?? {}) as { readonly code?: unknown };
    place.item.settle(
      error == null ? undefined : typeof code === 'number' ? new ReasonError(code, true) : error,
    );
    if (this.#isOpen) this.#send();
  }
}

/** Connects. @throws the error of the broker or the network. */
export async function openLink(connect: Connect, options: IClientOptions, window: number): Promise<MqttLink> {
  const client = connect(options);
  let cause: unknown;
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('error', (error) => {
        cause ??= error;
        reject(error);
      });
      client.once('connect', () => resolve());
      client.once('close', () => reject(cause ?? new Error('the broker ended the connection at once')));
    });
    return new MqttLink(client, window);
  } catch (error) {
    client.end(true);
    throw error;
  }
}
