/** An answer of the API that is asked for again and again, while its view is looked at. */
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { describeError, get } from '../api/client.ts';

export interface Polled<T> {
  /** The last answer: it stays while the server does not answer. */
  readonly value?: T;
  readonly problem?: string;
}

interface Ask {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Milliseconds from an answer to the next question. */
  readonly every: number;
}

export function usePolled<T>({ path, query = {}, every }: Ask): Polled<T> {
  const [state] = useState(() => signal<Polled<T>>({}));
  const asked = JSON.stringify(query);
  useEffect(() => {
    const ended = new AbortController();
    void poll<T>({ path, query: JSON.parse(asked), every }, ended.signal, (news) => {
      state.value = news.value === undefined ? { ...state.peek(), ...news } : news;
    });
    return () => ended.abort();
  }, [path, asked, every, state]);
  return state.value;
}

async function poll<T>(
  { path, query = {}, every }: Ask,
  signal: AbortSignal,
  show: (news: Polled<T>) => void,
): Promise<void> {
  while (!signal.aborted) {
    if (!document.hidden) {
      const news = await get<T>(path, query, signal).then(
        (value): Polled<T> => ({ value }),
        (error: unknown): Polled<T> => ({ problem: describeError(error) }),
      );
      if (signal.aborted) return;
      show(news);
    }
    await pause(every, signal);
  }
}

/** Resolves after the time, or when it is aborted. @param ms milliseconds */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });
}
