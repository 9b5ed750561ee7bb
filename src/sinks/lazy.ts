/** A connection that is made when it is first needed, shared by all who ask, and made again after it was dropped. */
export class Lazy<Connection> {
  readonly #connect: () => Promise<Connection>;
  readonly #end: (connection: Connection) => void | Promise<void>;
  #opening: Promise<Connection> | undefined;
  #isClosed = false;

  /**
   * @param connect must come to an end by itself, as with a time limit.
   * @param end lets go of a connection in any state; never throws.
   */
  constructor(connect: () => Promise<Connection>, end: (connection: Connection) => void | Promise<void>) {
    this.#connect = connect;
    this.#end = end;
  }

  /** @throws what `connect` throws, to all who wait; who asks next makes another attempt. */
  async get(): Promise<Connection> {
    if (this.#isClosed) throw new Error('the sink is closed');
    if (this.#opening !== undefined) return await this.#opening;
    const opening = this.#connect();
    this.#opening = opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /** The connection cannot be used any more. One that has been made since then stays. */
  async drop(connection: Connection): Promise<void> {
    const opening = this.#opening;
    const current = await opening?.catch(() => undefined);
    if (current === connection && this.#opening === opening) this.#opening = undefined;
    await this.#end(connection);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    if (connection !== undefined) await this.#end(connection);
  }
}
