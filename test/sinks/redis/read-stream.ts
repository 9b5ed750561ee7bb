/** Reads Redis streams with its own client, as bytes. */
import redis from '@redis/client';
import type { Received } from '../../../src/sink-contract.ts';

export interface Place {
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca: string };
}

export interface Entry {
  readonly stream: string;
  readonly fields: ReadonlyMap<string, Buffer>;
}

/** The entries of all streams, each stream in its order. */
export async function readStreams({ port, tls, ...login }: Place): Promise<Entry[]> {
  const socket =
    tls === undefined ? { port, host: '127.0.0.1' } : { port, host: '127.0.0.1', tls: true as const, ...tls };
  const client = redis.createClient({ socket, RESP: 2, ...login });
  client.on('error', () => {});
  await client.connect();
  const options = { typeMapping: { [redis.RESP_TYPES.BLOB_STRING]: Buffer } };
  try {
    const keys = await client.sendCommand<Buffer[]>(['KEYS', '*'], options);
    const entries: Entry[] = [];
    for (const key of keys) {
      if ((await client.sendCommand<string>(['TYPE', key])) !== 'stream') continue;
      const found = await client.sendCommand<[Buffer, Buffer[]][]>(['XRANGE', key, '-', '+'], options);
      for (const [, pairs] of found) entries.push({ stream: key.toString(), fields: toMap(pairs) });
    }
    return entries;
  } finally {
    client.destroy();
  }
}

function toMap(pairs: readonly Buffer[]): Map<string, Buffer> {
  const map = new Map<string, Buffer>();
  for (let i = 0; i + 1 < pairs.length; i += 2) map.set(String(pairs[i]), pairs[i + 1] as Buffer);
  return map;
}

export function toReceived({ stream, fields }: Entry): Received {
  const text = (name: string) => fields.get(name)?.toString();
  const attributes = [...fields].filter(([name]) => name.startsWith('ce-'));
  return {
    id: text('id'),
    key: text('key'),
    contentType: text('content-type'),
    body: fields.get('data') ?? Buffer.from('there is no data'),
    target: stream,
    ...(attributes.length > 0 && {
      attributes: Object.fromEntries(attributes.map(([name, value]) => [name.slice(3), value.toString()])),
    }),
  };
}
