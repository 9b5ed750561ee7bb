import * as z from 'zod';
import { expects } from '../../lib/schema/builders.ts';

const error = expects('a number of processes', 'auto, or a whole number from 1 to 1024');

export const Workers = z.union([z.literal('auto'), z.int({ error }).min(1, { error }).max(1024, { error })], {
  error,
});

export const workers = Workers.prefault(1).describe(
  'The number of processes that share the port; auto is one per core. The default is one, without a supervisor: most brokers need no more, and platforms scale by instances.',
);
