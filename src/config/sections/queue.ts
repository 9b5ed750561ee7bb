/** The queue in front of a sink: its size, its batches, and its retries. */
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
    .describe('A batch of this size takes no more events. The default is 1MiB.'),
  linger: duration()
    .prefault('0ms')
    .describe(
      'How long a batch that is not full waits for more events. Events that a broker waits for are sent at once. The default is 0ms: a batch has the events that arrived while the previous one was in progress.',
    ),
}));

const Retry = section(() => ({
  min: duration(POSITIVE)
    .prefault('100ms')
    .describe('The wait after the first failure; it doubles after each further one. The default is 100ms.'),
  max: duration(POSITIVE)
    .prefault('10s')
    .describe('The longest wait. Waits are shortened at random by up to half. The default is 10s.'),
  maxAttempts: wholeNumber('a number of attempts', 1, 1_000_000)
    .optional()
    .describe(
      'The number of attempts after which an event goes to the dead letters. When absent, it is retried until it is delivered or the queue evicts it.',
    ),
  openAfter: wholeNumber('a number of failures', 1, 1_000_000)
    .prefault(3)
    .describe(
      'The number of consecutive failures after which the sink counts as down. Then only one batch at a time is tried. The default is 3.',
    ),
  timeout: duration(POSITIVE)
    .prefault('30s')
    .describe(
      'How long the sink may take to confirm a batch before the batch counts as failed and is retried. The default is 30s.',
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
    .describe('The most events that may wait in memory, those being sent included. The default is 100000.'),
  maxBytes: bytes()
    .prefault('64MiB')
    .describe('The approximate limit for their bytes. The default is 64MiB.'),
  concurrency: wholeNumber('a number of batches', 1, 64)
    .optional()
    .describe(
      `How many batches may be sent concurrently. Events of one key are always in the same one. When absent: ${describeConcurrency()}.`,
    ),
  batch: Batch.prefault({}).describe('How events are batched.'),
  retry: Retry.prefault({}).describe('What to do when the sink fails.'),
}));
export type QueueOptions = z.output<typeof Queue>;
