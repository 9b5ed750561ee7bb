/** Workers of one server tell each other what they see of broker nodes; their supervisor hands it on. */
import type { NodeNews } from './node-news.ts';

/** From a worker to the supervisor, and from there to the others. */
interface NewsMessage {
  readonly exhook: 'node-news';
  readonly news: NodeNews;
}

/** What of a process is needed. */
export interface NewsChannel {
  send?(message: object, handle: undefined, options: undefined, done: () => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** A worker, as its supervisor has it. */
export interface NewsWorker {
  isConnected(): boolean;
  send(message: object, done: () => void): unknown;
}

/** In a worker: sends news to the supervisor. A supervisor that has gone need not be told. */
export function tellNews(news: NodeNews, channel: NewsChannel = process as unknown as NewsChannel): void {
  const message: NewsMessage = { exhook: 'node-news', news };
  channel.send?.(message, undefined, undefined, () => {});
}

/** In a worker: takes in what the others have seen. @returns ends it. */
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

/** In a supervisor: hands news of one worker on to the others. */
export function relayNews(from: NewsWorker, message: unknown, workers: Iterable<NewsWorker>): void {
  if (!isNews(message)) return;
  for (const worker of workers) if (worker !== from && worker.isConnected()) worker.send(message, () => {});
}

function isNews(message: unknown): message is NewsMessage {
  return (message as Partial<NewsMessage> | null)?.exhook === 'node-news';
}
