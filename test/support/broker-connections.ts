/** What real brokers sent on their connections, in its chunks. Read from the working directory: the repository. */
import { readFileSync } from 'node:fs';

export const recordedBrokers = ['emqx-5.3.2', 'emqx-6.2', 'emqx-6.3'] as const;

/** The chunks of each connection: one with about 40 calls, then one after the server was enabled again. */
export function readBrokerConnections(broker: (typeof recordedBrokers)[number]): Buffer[][] {
  const lines = readFileSync(`test/fixtures/connections/${broker}.jsonl`, 'utf8').trimEnd();
  const connections: Buffer[][] = [];
  for (const line of lines.split('\n')) {
    const { connection, base64 } = JSON.parse(line) as { connection: number; base64: string };
    connections[connection - 1] ??= [];
    connections[connection - 1]?.push(Buffer.from(base64, 'base64'));
  }
  return connections;
}
