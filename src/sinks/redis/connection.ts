/** One connection to Redis that does not reconnect by itself: the queue in front of the sink decides when to retry. */
import { loadRedis, redisOptions } from '../../lib/redis/client.ts';
import type { RedisPlace } from '../../lib/redis/place.ts';
import type { Argument } from './encode.ts';

export interface RedisConnection {
  readonly isOpen: boolean;
  send(command: readonly Argument[]): Promise<unknown>;
  /**
   * Runs the commands as one transaction: all or none.
   *
   * @returns the answer of each; an error for each that failed.
   * @throws what kept the transaction from running.
   */
  transact(commands: readonly (readonly Argument[])[]): Promise<readonly unknown[]>;
  destroy(): void;
}

export async function connectToRedis(place: RedisPlace): Promise<RedisConnection> {
  const { createClient, MultiErrorReply } = await loadRedis();
  const client = createClient({ ...redisOptions(place, false), disableOfflineQueue: true });
  let lastError: unknown;
  client.on('error', (error) => {
    lastError = error;
  });
  const destroy = () => {
    if (client.isOpen) client.destroy();
  };
  const timer = setTimeout(destroy, place.timeout);
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
