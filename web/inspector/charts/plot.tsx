/** One chart: uPlot on a canvas, with its newest numbers as text for those who do not see it. */
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import type { SeriesPoint } from '../../../src/inspector/api.ts';
import { clock, count, milliseconds } from '../ui/format.ts';
import type { Chart } from './series.ts';

interface PlotProps {
  readonly chart: Chart;
  readonly points: readonly SeriesPoint[];
  /** Milliseconds since 1970. */
  onRange(from: number, to: number): void;
}

/** Pixels. */
const HEIGHT = 150;
/** Ranges that are shorter were clicks. Pixels. */
const SHORTEST = 6;

export function Plot({ chart, points, onRange }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const data = dataOf(chart, points);
  // Made once: the lines and the theme are in its key.
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const made = new UPlot(optionsOf(chart, current, onRange), data, current);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height: HEIGHT }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(data), [points]);
  return (
    <figure class="card chart">
      <figcaption class="row-of">
        <h3>
          {chart.title} <span class="dim">{chart.unit}</span>
        </h3>
        <Legend chart={chart} point={points.at(-1)} />
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

function Legend({
  chart: { lines },
  point,
}: {
  readonly chart: Chart;
  readonly point: SeriesPoint | undefined;
}) {
  return (
    <ul class="legend push">
      {lines.map(({ label, read, isRefusal }, i) => (
        <li key={label}>
          <span class={`swatch line-${i} ${isRefusal ? 'refused' : ''}`} />
          {label} <span class="number">{show(point === undefined ? null : read(point))}</span>
        </li>
      ))}
    </ul>
  );
}

const show = (value: number | null) =>
  value === null ? '–' : Number.isInteger(value) ? count(value) : milliseconds(value);

/** uPlot counts time in seconds. */
function dataOf({ lines }: Chart, points: readonly SeriesPoint[]): UPlot.AlignedData {
  return [points.map(({ t }) => t / 1000), ...lines.map(({ read }) => points.map(read))];
}

/** Dashes tell lines apart without colours. In pixels. */
const dashes: readonly number[][] = [[], [], [6, 3], [2, 3], [8, 3, 2, 3]];

function optionsOf({ lines }: Chart, place: HTMLElement, onRange: PlotProps['onRange']): UPlot.Options {
  const colour = (name: string) => resolve(place, name);
  const strokes = ['--accent', '--ink', '--dim', '--accent', '--dim'].map(colour);
  const axis: UPlot.Axis = {
    stroke: colour('--dim'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { sync: { key: 'charts' }, drag: { x: true, y: false, setScale: false }, points: { size: 5 } },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      {
        ...axis,
        size: 26,
        space: 80,
        values: (_, seconds) => seconds.map((at) => clock(at * 1000).slice(0, 8)),
      },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      ...lines.map(
        ({ label, isRefusal }, i): UPlot.Series => ({
          label,
          stroke: isRefusal ? colour('--deny') : (strokes[i % strokes.length] ?? ''),
          width: 1.5,
          dash: dashes[i % dashes.length] ?? [],
          points: { show: false },
        }),
      ),
    ],
    hooks: { setSelect: [(plot) => onSelect(plot, onRange)] },
  };
}

function onSelect(plot: UPlot, onRange: PlotProps['onRange']): void {
  const { left, width } = plot.select;
  if (width < SHORTEST) return;
  onRange(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000);
}

/** A custom property as a canvas takes it: `light-dark()` is resolved in properties of elements only. */
function resolve(place: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
