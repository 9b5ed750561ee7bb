/** Reads `/metrics` like Prometheus. */
import { setInterval as tick } from 'node:timers/promises';
import { ADMIN_TOKEN } from './configuration.mjs';

/** Metrics of lost events: each must stay 0. */
const LOSSES = [
  'exhook_events_dropped_total',
  'exhook_events_failed_total',
  'exhook_events_unconfirmed_total',
];
/** Metrics that must be present. */
const NEEDED = [
  'exhook_calls_total',
  'exhook_events_delivered_total',
  'exhook_verdicts_total',
  'exhook_workers',
];

/** @param {number} port @param {number} every milliseconds */
export function scrapeMetrics(port, every) {
  const seen = { scrapes: 0, problems: /** @type {string[]} */ ([]), text: '' };
  const end = new AbortController();
  const scrape = async () => {
    seen.scrapes++;
    const problem = await read(port, seen).catch((error) => error.message);
    if (problem !== undefined && seen.problems.length < 20) seen.problems.push(problem);
  };
  const running = (async () => {
    for await (const _ of tick(every, undefined, { signal: end.signal })) await scrape();
  })().catch(() => {});
  return {
    seen,
    /** Scrapes once more, and stops. */
    async end() {
      end.abort();
      await running;
      await scrape();
      return {
        ...seen,
        restarts: sumOf(seen.text, 'exhook_worker_restarts_total'),
        losses: Object.fromEntries(LOSSES.map((name) => [name, sumOf(seen.text, name)])),
      };
    },
  };
}

async function read(port, seen) {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    signal: AbortSignal.timeout(10_000),
  });
  seen.text = await answer.text();
  if (!answer.ok) return `status ${answer.status}`;
  const missing = NEEDED.filter((name) => !seen.text.includes(`\n${name}`));
  return missing.length === 0 ? undefined : `no ${missing.join(', ')}`;
}

/** Returns the sum over all labels. */
function sumOf(text, name) {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
