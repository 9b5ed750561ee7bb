import * as z from 'zod';
import { expects, fraction, section } from '../../lib/schema/builders.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';

const maxAgeError = expects('a duration', 'off, or a number with its unit from 1ms to 24d, such as 10m');

export const Connections = section(() => ({
  maxAge: z
    .union([z.literal('off'), duration(POSITIVE, maxAgeError)], { error: maxAgeError })
    .prefault('off')
    .describe(
      'The age at which an idle connection is closed, in milliseconds. EMQX keeps its connections for ever, and new replicas get traffic only when old connections end. Off by default: a single replica does not need it.',
    ),
  jitter: fraction()
    .prefault(0.1)
    .describe(
      'The fraction of maxAge by which the age varies at random: connections of a broker do not end together. The rest of that time serves to wait for an idle moment. The default spreads ten minutes over one.',
    ),
}));
