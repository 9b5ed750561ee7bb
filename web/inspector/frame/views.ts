/** The views of the page, in the order of the menu. Those that bring code of their own are loaded when they open. */
import type { ComponentType } from 'preact';
import { info } from '../api/info.ts';
import { Brokers } from '../brokers/brokers.tsx';
import { Live } from '../live/live.tsx';
import { Sinks } from '../sinks/sinks.tsx';
import { lazy } from '../ui/lazy.tsx';

export interface View {
  readonly id: string;
  readonly label: string;
  readonly Component: ComponentType;
  /** Whether it takes all of the window, and scrolls its own parts. */
  readonly isFull?: boolean;
  /** Whether this server has it. Default: yes. */
  isHere?(): boolean;
}

const isDev = () => info.value?.capabilities.dev === true;

const Charts = lazy(async () => (await import('../charts/charts.tsx')).Charts);

const Policy = lazy(async () => (await import('../policy/policy.tsx')).Policy);
const Recordings = lazy(async () => (await import('../recordings/recordings.tsx')).Recordings);

const all: readonly View[] = [
  { id: 'live', label: 'Live', Component: Live, isFull: true },
  { id: 'policy', label: 'Policy', Component: Policy, isFull: true },
  { id: 'sinks', label: 'Sinks', Component: Sinks },
  { id: 'charts', label: 'Charts', Component: Charts },
  { id: 'brokers', label: 'Brokers', Component: Brokers },
  { id: 'recordings', label: 'Recordings', Component: Recordings, isHere: isDev },
];

export const viewsHere = (): readonly View[] => all.filter(({ isHere }) => isHere?.() ?? true);
