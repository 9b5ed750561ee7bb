import type * as z from 'zod';
import { choice, section } from '../../lib/schema/builders.ts';

export const Stdout = section(() => ({
  format: choice(['auto', 'json', 'pretty'])
    .prefault('auto')
    .describe(
      'One line an event: CloudEvents JSON, or a readable line. The default, auto, is pretty on a terminal and JSON elsewhere.',
    ),
}));
export type StdoutOptions = z.output<typeof Stdout>;

/** The options that are paths of files. */
export const stdoutFiles: readonly string[] = [];
