/** Counts and latencies of a replay, by hook. */
import { plural } from '../../lib/plural.ts';

export interface Sample {
  readonly hook: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly reply: string;
  readonly isFailed: boolean;
}

export interface Summary {
  readonly calls: number;
  readonly failed: number;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly hook: string;
  readonly calls: number;
  readonly failed: number;
  /** How often each reply was given. */
  readonly replies: ReadonlyMap<string, number>;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function summarize(samples: readonly Sample[]): Summary {
  const hooks = [...new Set(samples.map(({ hook }) => hook))].sort();
  const rows = hooks.map((hook) =>
    summarizeHook(
      hook,
      samples.filter((sample) => sample.hook === hook),
    ),
  );
  return { calls: samples.length, failed: samples.filter(({ isFailed }) => isFailed).length, rows };
}

function summarizeHook(hook: string, samples: readonly Sample[]): Row {
  const durations = samples.map(({ duration }) => duration).sort((a, b) => a - b);
  const replies = new Map<string, number>();
  for (const { reply } of samples) replies.set(reply, (replies.get(reply) ?? 0) + 1);
  return {
    hook,
    calls: samples.length,
    failed: samples.filter(({ isFailed }) => isFailed).length,
    replies,
    p50: percentile(durations, 0.5),
    p99: percentile(durations, 0.99),
    max: durations.at(-1) ?? 0,
  };
}

/** Returns the value at this fraction of the sorted values (nearest rank). */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

/** Formats a table. */
export function formatSummary({ calls, failed, rows }: Summary): string {
  const header = ['hook', 'calls', 'failed', 'p50 ms', 'p99 ms', 'max ms', 'replies'];
  const body = rows.map((row) => [
    row.hook,
    String(row.calls),
    String(row.failed),
    row.p50.toFixed(2),
    row.p99.toFixed(2),
    row.max.toFixed(2),
    formatReplies(row.replies),
  ]);
  const widths = header.map((title, i) =>
    Math.max(title.length, ...body.map((cells) => cells[i]?.length ?? 0)),
  );
  const lines = [header, ...body].map((cells) =>
    cells
      .map((cell, i) => (i > 0 && i < 6 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, '', `${plural(calls, 'call')}: ${calls - failed} answered, ${failed} failed`].join('\n');
}

/** Most replies shown; rewritten messages differ and would fill the line. */
const SHOWN = 4;

function formatReplies(replies: ReadonlyMap<string, number>): string {
  const sorted = [...replies].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, SHOWN).map(([reply, count]) => `${count} ${reply}`);
  return sorted.length > SHOWN ? [...shown, `${sorted.length - SHOWN} more`].join(', ') : shown.join(', ');
}
