/** The stream of calls: opened again by itself, from where it ended. */
import { signal } from '@preact/signals';
import type { StreamMessages } from '../../../src/inspector/api.ts';
import { pause } from '../ui/polled.ts';
import { describeError, open, RequestError, withQuery } from './client.ts';
import { readEvents } from './events.ts';

/** Milliseconds before the first try again, and at most. */
const SOON = 400;
const LATE = 5_000;

export type Connection =
  | { readonly state: 'opening' | 'open' }
  | { readonly state: 'lost' | 'refused'; readonly message: string };

export const connection = signal<Connection>({ state: 'opening' });

type Handlers = {
  readonly [Name in keyof StreamMessages]?: (data: StreamMessages[Name]) => void;
};

/** @returns what ends it */
export function follow(filter: string, handlers: Handlers): () => void {
  const ended = new AbortController();
  void run(filter, handlers, ended.signal);
  return () => ended.abort();
}

async function run(filter: string, handlers: Handlers, signal: AbortSignal): Promise<void> {
  let after = '';
  let wait = SOON;
  while (!signal.aborted) {
    try {
      connection.value = { state: 'opening' };
      const response = await open(withQuery('/api/stream', { filter, after }), { signal });
      connection.value = { state: 'open' };
      await readEvents(response, ({ id, type, data }) => {
        wait = SOON;
        if (id !== '') after = id;
        if (!signal.aborted) dispatch(handlers, type, data);
      });
      if (!signal.aborted) connection.value = { state: 'lost', message: 'The server ended the stream.' };
    } catch (error) {
      if (signal.aborted) return;
      connection.value = { state: 'lost', message: describeError(error) };
      if (isFinal(error)) {
        connection.value = { state: 'refused', message: describeError(error) };
        return;
      }
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, LATE);
  }
}

function dispatch(handlers: Handlers, type: string, data: string): void {
  const handle = handlers[type as keyof StreamMessages] as ((data: unknown) => void) | undefined;
  handle?.(JSON.parse(data));
}

/** Asking again would give the same: a filter that cannot be read, a token that is not taken. Too many viewers go. */
const isFinal = (error: unknown) =>
  error instanceof RequestError && error.status < 500 && error.status !== 429;
