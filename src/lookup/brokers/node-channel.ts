/** Lets the workers of one server share what they see of broker nodes; the supervisor relays it. */
import type { NodeNews } from './node-news.ts';

/** From a worker to the supervisor, and from there to the others. */
interface NewsMessage {
  readonly exhook: 'node-news';
  readonly news: NodeNews;
}

/** The part of a process that is needed. */
export interface NewsChannel {
  send?(message: object, handle: undefined, options: undefined, done: () => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** A worker, as its supervisor sees it. */
export interface NewsWorker {
  isConnected(): boolean;
  send(message: object, done: () => void): unknown;
}

/** Sends news from a worker to the supervisor. Does nothing when the supervisor has gone. */
export function tellNews(news: NodeNews, channel: NewsChannel = process as unknown as NewsChannel): void {
  const message: NewsMessage = { exhook: 'node-news', news };
  channel.send?.(message, undefined, undefined, () => {});
}

/** Receives in a worker what the others have seen. @returns a function that stops it. */
export function hearNews(
  hear: (news: NodeNews) => void,
  channel: NewsChannel = process as unknown as NewsChannel,
): () => void {
  const take = (message: unknown): void => {
    if (isNews(message)) hear(message.news);
  };
  channel.on('message', take);
  return () => void channel.off('message', take);
}

/** Relays in the supervisor the news of one worker to the others. */
export function relayNews(from: NewsWorker, message: unknown, workers: Iterable<NewsWorker>): void {
  if (!isNews(message)) return;
  for (const worker of workers) if (worker !== from && worker.isConnected()) worker.send(message, () => {});
}

function isNews(message: unknown): message is NewsMessage {
  return (message as Partial<NewsMessage> | null)?.exhook === 'node-news';
}
