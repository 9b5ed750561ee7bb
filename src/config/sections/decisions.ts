import { choice, fraction, section } from '../../lib/schema/builders.ts';

export const Decisions = section(() => ({
  log: choice(['all', 'denied', 'off'])
    .prefault('denied')
    .describe(
      'Which verdicts of policies are logged: all of them, denials only, or none. The default shows who was refused and why, without cost for allowed requests.',
    ),
  sample: fraction()
    .prefault(1)
    .describe(
      'The fraction of those verdicts that is logged, chosen at random; write less than 1 if there are too many. The default is all of them.',
    ),
}));
