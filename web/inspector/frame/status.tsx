/** Whether calls come, and how many. */
import { connection } from '../api/stream.ts';
import { isPaused, rate } from '../live/feed.ts';
import { view } from './route.ts';

export function Status() {
  const { value } = connection;
  if (view.value !== 'live') return null;
  if (value.state === 'lost')
    return (
      <>
        <span class="dot off" />
        <span title={value.message}>reconnecting</span>
      </>
    );
  if (value.state !== 'open') return <span>{value.state === 'refused' ? 'not live' : 'connecting'}</span>;
  return (
    <>
      <span class={isPaused.value ? 'dot off' : 'dot'} />
      <span class="number">{isPaused.value ? 'paused' : `${describeRate(rate.value)} calls/s`}</span>
    </>
  );
}

const describeRate = (value: number) => (value === 0 || value >= 10 ? Math.round(value) : value.toFixed(1));
