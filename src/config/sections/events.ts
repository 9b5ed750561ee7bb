import { choice, section } from '../expects.ts';

export const Events = section({
  stdout: choice(['auto', 'json', 'pretty', 'off'])
    .prefault('auto')
    .describe(
      'Whether events go to standard output, one a line: auto is pretty on a terminal and CloudEvents JSON elsewhere. On by default, so that a new user sees what the broker does.',
    ),
});
