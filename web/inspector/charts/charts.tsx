/** Charts of the last fifteen minutes. A range dragged in one leads to its calls in Live. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Series, SeriesPoint } from '../../../src/inspector/api.ts';
import { describeError, get } from '../api/client.ts';
import { go } from '../frame/route.ts';
import { theme } from '../frame/theme.ts';
import { pause } from '../ui/polled.ts';
import { Problem } from '../ui/problem.tsx';
import { Plot } from './plot.tsx';
import { chartsOf, mergePoints } from './series.ts';

/** Milliseconds. */
const EVERY = 1_000;

const points = signal<readonly SeriesPoint[]>([]);
const problem = signal<string | undefined>(undefined);

export function Charts() {
  useEffect(() => {
    const ended = new AbortController();
    void poll(ended.signal);
    return () => ended.abort();
  }, []);
  const { value } = points;
  return (
    <>
      <div class="row-of">
        <h2>The last 15 minutes</h2>
        <p class="dim">Drag over a range to see its calls in Live.</p>
      </div>
      <Problem>{problem.value}</Problem>
      {value.length === 0 ? <p class="dim">No second is over yet.</p> : null}
      <div class="charts">
        {value.length === 0
          ? null
          : chartsOf(value).map((chart) => (
              <Plot
                key={`${chart.title} ${chart.lines.map(({ label }) => label).join()} ${theme.value}`}
                chart={chart}
                points={value}
                onRange={showCalls}
              />
            ))}
      </div>
    </>
  );
}

/** @param from milliseconds since 1970 */
function showCalls(from: number, to: number): void {
  const filter = `at>${Math.floor(from)} at<${Math.ceil(to)}`;
  go({ view: undefined, filter, call: undefined });
}

async function poll(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const since = points.peek().at(-1)?.t;
      const series = await get<Series>('/api/series', { since }, signal);
      points.value = mergePoints(points.peek(), series);
      problem.value = undefined;
    } catch (error) {
      if (signal.aborted) return;
      problem.value = describeError(error);
      // A restarted server has other points.
      points.value = [];
    }
    await pause(EVERY, signal);
  }
}
