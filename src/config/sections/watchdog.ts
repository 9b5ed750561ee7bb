import * as z from 'zod';
import { expects } from '../../lib/schema/builders.ts';
import { duration } from '../../lib/schema/units.ts';
import { MAX_TIMER_DELAY } from '../../lib/timer.ts';

const range = { min: 1000, max: MAX_TIMER_DELAY, reads: 'from 1s to 24d' };
const error = expects('a duration', 'off, or a number with its unit from 1s to 24d, such as 30s');

export const watchdog = z
  .union([z.literal('off'), duration(range, error)], { error })
  .prefault('30s')
  .describe(
    'How long the event loop of a process may be blocked before the process logs where it is blocked and is killed, in milliseconds; a supervisor or the platform then starts another one. off never kills it. The default is far longer than any reload takes. Time in which the whole process was frozen does not count, and nothing is killed while a debugger is attached. See docs/operations.md.',
  );
