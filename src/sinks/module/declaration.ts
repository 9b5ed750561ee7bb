import * as z from 'zod';
import { expects, section } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { defineSinkKind } from '../kind.ts';

export const Module = section(() => ({
  path: path('./my-sink.mjs').describe(
    'The module, relative to the configuration file. Its default export is defineSink((options, world) => sink), or such a function.',
  ),
  options: z
    .record(z.string(), z.unknown(), { error: expects('a mapping', 'options for the module') })
    .prefault({})
    .describe('Options to open the module with, passed on unchanged. Nothing by default.'),
}));
export type ModuleOptions = z.output<typeof Module>;

export const module = defineSinkKind({
  name: 'module',
  summary: 'Your own sink.',
  options: Module,
  load: () => import('./open.ts').then(({ openModule }) => openModule),
  promises: {
    order: 'up to the module',
    repeats: 'up to the module',
    confirmed: 'the module says so',
  },
});
