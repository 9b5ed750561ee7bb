import * as z from 'zod';
import { expects, section, text } from '../../lib/schema/builders.ts';

export const Module = section(() => ({
  path: text('a path', 'a path such as ./my-sink.mjs').describe(
    'The module, relative to the configuration file. Its default export is defineSink((options, world) => sink), or such a function.',
  ),
  options: z
    .record(z.string(), z.unknown(), { error: expects('a mapping', 'what the module wants to know') })
    .prefault({})
    .describe('What the module is opened with, as it stands here. Nothing by default.'),
}));
export type ModuleOptions = z.output<typeof Module>;

/** The options that are paths of files. */
export const moduleFiles: readonly string[] = ['path'];
