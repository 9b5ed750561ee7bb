import type * as z from 'zod';
import { choice, section } from '../../lib/schema/builders.ts';
import { defineSinkKind } from '../kind.ts';

export const Stdout = section(() => ({
  format: choice(['auto', 'json', 'pretty'])
    .prefault('auto')
    .describe(
      'One line per event: CloudEvents JSON, or a readable line. The default, auto, is pretty on a terminal and JSON elsewhere.',
    ),
}));
export type StdoutOptions = z.output<typeof Stdout>;

export const stdout = defineSinkKind({
  name: 'stdout',
  summary: 'Standard output, one line per event.',
  options: Stdout,
  load: () => import('./open.ts').then(({ openStdout }) => openStdout),
  isPipe: true,
  concurrency: 1,
});
