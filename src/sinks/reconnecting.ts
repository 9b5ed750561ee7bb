/** A shared connection that is opened when it is first needed, and opened again after it is lost. */
export interface ReconnectingOptions<Connection> {
  /** Must end by itself, for example by a timeout. */
  connect(): Promise<Connection>;
  /** Whether it can still be used. */
  isOpen(connection: Connection): boolean;
  /** Closes a connection in any state. Never throws. */
  end(connection: Connection): void | Promise<void>;
}

export class Reconnecting<Connection> {
  readonly #options: ReconnectingOptions<Connection>;
  #opening: Promise<Connection> | undefined;
  #isClosed = false;

  constructor(options: ReconnectingOptions<Connection>) {
    this.#options = options;
  }

  /** @throws what `connect` throws, to all callers that wait; the next call makes another attempt. */
  async get(): Promise<Connection> {
    for (;;) {
      if (this.#isClosed) throw new Error('the sink is closed');
      if (this.#opening === undefined) return await this.#open();
      const connection = await this.#opening;
      if (this.#options.isOpen(connection)) return connection;
      await this.drop(connection);
    }
  }

  /** Drops a connection that can no longer be used. A newer one stays. */
  async drop(connection: Connection): Promise<void> {
    const opening = this.#opening;
    const current = await opening?.catch(() => undefined);
    if (current === connection && this.#opening === opening) this.#opening = undefined;
    await this.#options.end(connection);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    if (connection !== undefined) await this.#options.end(connection);
  }

  async #open(): Promise<Connection> {
    const opening = this.#options.connect();
    this.#opening = opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }
}
