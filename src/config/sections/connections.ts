import * as z from 'zod';
import { expects, fraction, section } from '../../lib/schema/builders.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';

const maxAgeError = expects('a duration', 'off, or a number with its unit from 1ms to 24d, such as 10m');

export const Connections = section(() => ({
  maxAge: z
    .union([z.literal('off'), duration(POSITIVE, maxAgeError)], { error: maxAgeError })
    .prefault('off')
    .describe(
      'The age at which a connection is ended, at a quiet moment, in milliseconds. EMQX keeps its connections for ever, so that new replicas get traffic only when old connections end. Off by default: one replica needs none of it.',
    ),
  jitter: fraction()
    .prefault(0.1)
    .describe(
      'The part of maxAge by which the age varies at random, so that the connections of a broker do not end together; what is left of it is time to find a quiet moment. The default spreads ten minutes over one.',
    ),
}));
