import type { Page } from './page.ts';

/** Serves metrics to Prometheus. docs/metrics.md explains each. */
export const metrics: Page = {
  path: '/metrics',
  isOpen: false,
  async answer(source) {
    const { contentType, text } = await source.metrics();
    return { status: 200, type: contentType, body: text };
  },
};
