/** The supervisor's side when workers serve the pages: builds the pages that they request. */
import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../../log/log.ts';
import { type AdminSource, type Answer, textAnswer } from './page.ts';
import { findPage } from './pages.ts';
import { isPageWanted, type PageMade, type PageWanted } from './worker-channel.ts';

/** Builds pages for workers until it is closed. */
export function servePages(source: AdminSource, log: Pick<Logger, 'error'>): { close(): void } {
  const serve = (worker: Worker, message: unknown): void => {
    if (!isPageWanted(message)) return;
    void makePage(message, source, log).then((answer) => {
      const made: PageMade = { exhook: 'page-made', id: message.id, answer };
      // A worker that has exited does not need an answer.
      if (worker.isConnected()) worker.send(made, () => {});
    });
  };
  cluster.on('message', serve);
  return { close: () => void cluster.off('message', serve) };
}

/** Never rejects. */
export async function makePage(
  { path }: Pick<PageWanted, 'path'>,
  source: AdminSource,
  log: Pick<Logger, 'error'>,
): Promise<Answer> {
  const page = findPage(path);
  if (page === undefined) return textAnswer(404, 'there is no such page');
  try {
    return await page.answer(source);
  } catch (error) {
    log.error({ err: error }, 'a page for a worker failed');
    return textAnswer(500, 'this page failed; the log has the reason');
  }
}
