import type { Page } from './page.ts';

/** For Prometheus. docs/metrics.md says what each of them means. */
export const metrics: Page = {
  path: '/metrics',
  isOpen: false,
  async answer(source) {
    const { contentType, text } = await source.metrics();
    return { status: 200, type: contentType, body: text };
  },
};
