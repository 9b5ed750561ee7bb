/** A connection that is made when it is first needed, shared by all who ask, and made again when it is gone. */
export interface ReconnectingOptions<Connection> {
  /** Must come to an end by itself, as with a time limit. */
  connect(): Promise<Connection>;
  /** Whether it can still be used. */
  isOpen(connection: Connection): boolean;
  /** Lets go of a connection in any state; never throws. */
  end(connection: Connection): void | Promise<void>;
}

export class Reconnecting<Connection> {
  readonly #options: ReconnectingOptions<Connection>;
  #opening: Promise<Connection> | undefined;
  #isClosed = false;

  constructor(options: ReconnectingOptions<Connection>) {
    this.#options = options;
  }

  /** @throws what `connect` throws, to all who wait; who asks next makes another attempt. */
  async get(): Promise<Connection> {
    for (;;) {
      if (this.#isClosed) throw new Error('the sink is closed');
      if (this.#opening === undefined) return await this.#open();
      const connection = await this.#opening;
      if (this.#options.isOpen(connection)) return connection;
      await this.drop(connection);
    }
  }

  /** The connection cannot be used any more. One that has been made since then stays. */
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
