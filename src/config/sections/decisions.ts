import { choice, fraction, section } from '../../lib/schema/builders.ts';

export const Decisions = section(() => ({
  log: choice(['all', 'denied', 'off'])
    .prefault('denied')
    .describe(
      'Which verdicts of policies become a record in the log: all of them, denials only, or none. The default tells who was refused and why, and costs nothing for what is allowed.',
    ),
  sample: fraction()
    .prefault(1)
    .describe(
      'The part of those verdicts that is logged, chosen at random; write less than 1 where there are too many. The default is all of them.',
    ),
}));
