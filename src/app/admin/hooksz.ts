import { findWarnings } from '../../emqx/hook-report.ts';
import { clip } from '../../lib/clip.ts';
import type { NodeCalls } from '../../lookup/brokers/node-calls.ts';
import { jsonAnswer, type Page } from './page.ts';

/** Shows which hooks are registered and why, what each broker node called and when, and any anomalies. */
export const hooksz: Page = {
  path: '/hooksz',
  isOpen: false,
  async answer(source) {
    const report = await source.hooks();
    const { registered, brokers } = report;
    return jsonAnswer({ warnings: findWarnings(report), registered, brokers: brokers.map(readable) });
  },
};

function readable({ node, protocol, calls, list, hasRefused, outdated }: NodeCalls): object {
  const readableCalls = Object.entries(calls).map(([hook, { calls: times, last }]) => [
    hook,
    { calls: times, last: new Date(last).toISOString() },
  ]);
  return {
    node: clip(node),
    protocol,
    calls: Object.fromEntries(readableCalls),
    ...(list && { list }),
    ...(hasRefused && { hasRefused }),
    ...(outdated && { outdated }),
  };
}
