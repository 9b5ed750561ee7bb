/** The points of the charts: the last fifteen minutes, and each time only what is new. */
import type { Series, SeriesPoint } from '../../../src/inspector/api.ts';

/** Fifteen minutes of seconds. */
const MOST_POINTS = 900;

/** Known points with newer ones: a point that comes again is a second that was not over. */
export function mergePoints(known: readonly SeriesPoint[], { points }: Series): readonly SeriesPoint[] {
  const [first] = points;
  if (first === undefined) return known;
  return [...known.filter(({ t }) => t < first.t), ...points].slice(-MOST_POINTS);
}

export interface Line {
  readonly label: string;
  readonly read: (point: SeriesPoint) => number | null;
  /** Drawn in the colour of refusals. */
  readonly isRefusal?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
}

/** More lines cannot be told apart. */
const MOST_LINES = 5;

/** What is drawn for these points. */
export function chartsOf(points: readonly SeriesPoint[]): readonly Chart[] {
  return [
    { title: 'Calls', unit: 'per second', lines: linesOf(points, ({ calls }) => calls) },
    { title: 'Verdicts', unit: 'per second', lines: linesOf(points, ({ verdicts }) => verdicts) },
    {
      title: 'Time to answer',
      unit: 'ms',
      lines: [
        { label: 'p99', read: ({ p99 }) => p99 ?? null },
        { label: 'p50', read: ({ p50 }) => p50 ?? null },
      ],
    },
    { title: 'Look-ups', unit: 'per second', lines: [{ label: 'look-ups', read: ({ lookups }) => lookups }] },
    {
      title: 'Events that wait',
      unit: '',
      lines: [
        { label: 'in memory', read: ({ queued }) => queued },
        { label: 'on disk', read: ({ spooled }) => spooled },
      ],
    },
    {
      title: 'Calls in flight',
      unit: '',
      lines: [{ label: 'in flight', read: ({ inFlight }) => inFlight }],
    },
    {
      title: 'Event loop delay',
      unit: 'ms',
      lines: [{ label: 'longest', read: ({ loopDelay }) => loopDelay }],
    },
  ];
}

const refusals = ['deny', 'drop', 'failed'];

type Tally = Readonly<Partial<Record<string, number>>>;

/** The names with the most, and all others in one. */
function linesOf(points: readonly SeriesPoint[], tallyOf: (point: SeriesPoint) => Tally): readonly Line[] {
  const totals = new Map<string, number>();
  for (const point of points)
    for (const [name, number = 0] of Object.entries(tallyOf(point)))
      totals.set(name, (totals.get(name) ?? 0) + number);
  const names = [...totals].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const own = names.length > MOST_LINES ? names.slice(0, MOST_LINES - 1) : names;
  const lines = own.map(
    (name): Line => ({
      label: name,
      isRefusal: refusals.includes(name),
      read: (point) => tallyOf(point)[name] ?? 0,
    }),
  );
  if (own.length === names.length) return lines;
  const others = names.slice(own.length);
  const sum = (point: SeriesPoint) => others.reduce((total, name) => total + (tallyOf(point)[name] ?? 0), 0);
  return [...lines, { label: 'others', read: sum }];
}
