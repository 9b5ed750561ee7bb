import { type Page, textAnswer } from './page.ts';

/** Shows whether the process answers at all. */
export const healthz: Page = {
  path: '/healthz',
  isOpen: true,
  answer: async () => textAnswer(200, 'ok'),
};
