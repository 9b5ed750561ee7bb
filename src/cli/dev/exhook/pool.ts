/** The connections of a broker node to a provider: eight, chosen by a hash: the calls of one client stay in order. */
import { hashText } from '../../../lib/hash-text.ts';
import { type BrokerClient, type CallResult, connectBroker } from '../../replay/broker-client.ts';

/** `pool_size` of EMQX. */
const SIZE = 8;

export interface Pool {
  /** @param key the client id, or the sender of a message. */
  call(
    key: string,
    path: string,
    message: Uint8Array,
    headers: Readonly<Record<string, string>>,
    timeout: number,
  ): Promise<CallResult>;
  close(): void;
}

/** Connections are made when they are first used, and again when they are lost. */
export function createPool(url: string, connect = connectBroker): Pool {
  const slots: (Promise<BrokerClient> | undefined)[] = new Array(SIZE).fill(undefined);
  let isClosed = false;

  function open(index: number): Promise<BrokerClient> {
    const opening = connect(url);
    slots[index] = opening;
    opening.then(
      (client) => isClosed && client.close(),
      () => {
        if (slots[index] === opening) slots[index] = undefined;
      },
    );
    return opening;
  }

  async function clientFor(key: string): Promise<BrokerClient> {
    const index = hashText(key) % SIZE;
    const client = await (slots[index] ?? open(index));
    return client.isOpen ? client : await open(index);
  }

  return {
    async call(key, path, message, headers, timeout) {
      if (isClosed) return failed('the broker is stopping');
      const start = performance.now();
      try {
        const client = await clientFor(key);
        return await client.call(path, message, headers, timeout);
      } catch (error) {
        const { code, message: text } = error as NodeJS.ErrnoException;
        return { ...failed(code ?? text), duration: performance.now() - start };
      }
    },
    close() {
      isClosed = true;
      for (const slot of slots) slot?.then((client) => client.close()).catch(() => {});
    },
  };
}

function failed(message: string): CallResult {
  return { status: -1, message, reply: undefined, duration: 0 };
}
