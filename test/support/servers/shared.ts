import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the process of vitest answers with ports of servers. */
    sharedServers: string;
  }
}

/**
 * The port of a server that other tests use, too. It is stopped after the run: leave it running, and use unique names
 * for your data.
 *
 * @throws Error with the reason if it does not start.
 */
export async function sharedPort(kind: 'postgres' | 'rabbitmq'): Promise<number> {
  const response = await fetch(`${inject('sharedServers')}/${kind}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`the shared ${kind} did not start: ${text}`);
  return Number(text);
}
