import { type Page, textAnswer } from './page.ts';

/**
 * Shows whether brokers may call: false while the server drains; with several workers, true if one of them may be
 * called.
 */
export const readyz: Page = {
  path: '/readyz',
  isOpen: true,
  answer: async (source) =>
    (await source.isReady())
      ? textAnswer(200, 'ok')
      : textAnswer(503, 'not ready: starting, draining, or without a required sink'),
};
