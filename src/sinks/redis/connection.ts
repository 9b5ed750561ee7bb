/** One connection to Redis, which does not come back by itself: the queue in front of the sink decides when to try. */
import type { TlsClientOptions } from '../tls.ts';
import type { Argument } from './encode.ts';

export interface RedisPlace {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls: TlsClientOptions | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface RedisConnection {
  readonly isOpen: boolean;
  send(command: readonly Argument[]): Promise<unknown>;
  /**
   * Runs the commands as one transaction: all of them, or none.
   *
   * @returns what each answered; an error where one failed.
   * @throws what kept the transaction from being run.
   */
  transact(commands: readonly (readonly Argument[])[]): Promise<readonly unknown[]>;
  destroy(): void;
}

/** To be awaited when a sink is opened: a connection may be made when no file can be opened. */
export async function loadRedis() {
  // CommonJS: a bundler finds no names in it, only the default.
  return (await import('@redis/client')).default;
}

export async function connectToRedis(place: RedisPlace): Promise<RedisConnection> {
  const { createClient, MultiErrorReply } = await loadRedis();
  const { host, port, database, username, password, tls, timeout } = place;
  const socket = { host, port, connectTimeout: timeout, reconnectStrategy: false as const };
  const client = createClient({
    socket: tls === undefined ? socket : { ...socket, ...tls, tls: true as const },
    database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // All that is needed, and every server and proxy knows it.
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    disableOfflineQueue: true,
  });
  let lastError: unknown;
  client.on('error', (error) => {
    lastError = error;
  });
  const destroy = () => {
    if (client.isOpen) client.destroy();
  };
  const timer = setTimeout(destroy, timeout);
  try {
    await client.connect();
  } catch (error) {
    destroy();
    throw lastError ?? error;
  } finally {
    clearTimeout(timer);
  }
  return {
    get isOpen() {
      return client.isReady;
    },
    send: (command) => client.sendCommand([...command]),
    async transact(commands) {
      const transaction = client.multi();
      for (const command of commands) transaction.addCommand([...command]);
      try {
        return await transaction.exec();
      } catch (error) {
        if (error instanceof MultiErrorReply) return error.replies;
        throw error;
      }
    },
    destroy,
  };
}
