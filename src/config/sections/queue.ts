/** The queue in front of a sink: how much it holds, how it batches, and what it does about failures. */
import type * as z from 'zod';
import { section, whenValid, wholeNumber } from '../../lib/schema/builders.ts';
import { duration, POSITIVE, size } from '../../lib/schema/units.ts';

import { DEFAULT_CONCURRENCY } from '../../sinks/kind.ts';
import { sinkKinds } from '../../sinks/kinds.ts';

const GiB = 2 ** 30;
const bytes = () => size({ min: 1024, max: 64 * GiB, reads: 'from 1KiB to 64GiB' });

const Batch = section(() => ({
  maxEvents: wholeNumber('a number of events', 1, 100_000)
    .prefault(500)
    .describe('The most events of one batch. The default is 500.'),
  maxBytes: bytes()
    .prefault('1MiB')
    .describe('A batch that holds as many bytes takes no more events. The default is 1MiB.'),
  linger: duration()
    .prefault('0ms')
    .describe(
      'How long a batch that is not full waits for more events. Events that a broker waits for are never held back. The default is 0ms: a batch is what came while the last one was under way.',
    ),
}));

const Retry = section(() => ({
  min: duration(POSITIVE)
    .prefault('100ms')
    .describe('The wait after the first failure; it doubles with each further one. The default is 100ms.'),
  max: duration(POSITIVE)
    .prefault('10s')
    .describe('The longest wait. Each wait is shortened at random, by up to a half. The default is 10s.'),
  maxAttempts: wholeNumber('a number of attempts', 1, 1_000_000)
    .optional()
    .describe(
      'After so many attempts an event goes to the dead letters. When absent, it is tried until it is delivered or the queue needs its place.',
    ),
  openAfter: wholeNumber('a number of failures', 1, 1_000_000)
    .prefault(3)
    .describe(
      'After so many failures in a row the sink counts as down: then one batch at a time tries it, and nothing else. The default is 3.',
    ),
  timeout: duration(POSITIVE)
    .prefault('30s')
    .describe(
      'How long the sink may take to confirm a batch before it counts as failed and is tried again. The default is 30s.',
    ),
})).refine(({ min, max }) => min <= max, {
  when: whenValid,
  path: ['max'],
  error: 'is shorter than retry.min; write at least as much',
});

/** `1 for stdout and file, 4 for all others` */
function describeConcurrency(): string {
  const others = sinkKinds.filter(({ concurrency }) => concurrency !== undefined);
  const own = others.map(({ name, concurrency }) => ({ name, concurrency }));
  const numbers = [...new Set(own.map(({ concurrency }) => concurrency))];
  const parts = numbers.map((number) => {
    const names = own.filter(({ concurrency }) => concurrency === number).map(({ name }) => name);
    return `${number} for ${names.join(' and ')}`;
  });
  return [...parts, `${DEFAULT_CONCURRENCY} for all others`].join(', ');
}

export const Queue = section(() => ({
  maxEvents: wholeNumber('a number of events', 1, 100_000_000)
    .prefault(100_000)
    .describe(
      'The most events that may wait for the sink in memory, those under way included. The default is 100000.',
    ),
  maxBytes: bytes()
    .prefault('64MiB')
    .describe('The most bytes they may take, roughly. The default is 64MiB.'),
  concurrency: wholeNumber('a number of batches', 1, 64)
    .optional()
    .describe(
      `How many batches may be under way at once. Events of one key are always in one of them. When absent: ${describeConcurrency()}.`,
    ),
  batch: Batch.prefault({}).describe('How events are put together.'),
  retry: Retry.prefault({}).describe('What happens when the sink fails.'),
}));
export type QueueOptions = z.output<typeof Queue>;
