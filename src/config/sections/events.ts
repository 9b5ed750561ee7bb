import { choice, section } from '../../lib/schema/builders.ts';
import { Routes } from './routes.ts';

export const Events = section(() => ({
  stdout: choice(['auto', 'json', 'pretty', 'off'])
    .optional()
    .describe(
      'Whether events go to standard output, one a line: auto is pretty on a terminal and CloudEvents JSON elsewhere. When absent: auto, which shows new users what the broker does; off when there are routes.',
    ),
  routes: Routes,
})).transform(({ stdout, routes }) => ({
  stdout: stdout ?? (routes.length === 0 ? ('auto' as const) : ('off' as const)),
  routes,
}));
