/**
 * Real servers that start slowly, one of each for the whole run: started when the first test asks for it, and ended
 * after the last one. Runs in the process of vitest; tests ask by `sharedPort`.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Started {
  readonly port: number;
  close(): Promise<void>;
}

/** Loaded on demand: each looks for its program, and reports what is missing. */
const starters: Readonly<Record<string, () => Promise<Started>>> = {
  postgres: async () => (await import('./postgres.ts')).startPostgres(),
  rabbitmq: async () => (await import('./rabbitmq.ts')).startRabbitmq(),
};

export interface SharedServers {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers `/KIND` with a port, once that server is ready. */
export async function hostSharedServers(): Promise<SharedServers> {
  const started = new Map<string, Promise<Started>>();
  const start = (kind: string): Promise<Started> => {
    const known = started.get(kind);
    if (known !== undefined) return known;
    const starting = starters[kind]?.() ?? Promise.reject(new Error('unknown'));
    started.set(kind, starting);
    // The next one who asks tries again.
    starting.catch(() => started.delete(kind));
    return starting;
  };
  const server = createServer((request, response) => {
    start((request.url ?? '').slice(1)).then(
      ({ port }) => response.end(String(port)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.allSettled([...started.values()].map(async (one) => (await one).close()));
    },
  };
}
