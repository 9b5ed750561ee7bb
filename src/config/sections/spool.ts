/** The disk queue for events that sinks have not confirmed. */
import type * as z from 'zod';
import { section, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { size } from '../../lib/schema/units.ts';

export const Spool = section(() => ({
  path: path('./spool').describe(
    'The directory, relative to the configuration file. It is created if missing. Workers share it, other machines must not. There is no default.',
  ),
  maxBytes: size({ min: 2 ** 20, max: 2 ** 40, reads: 'from 1MiB to 1024GiB' })
    .prefault('1GiB')
    .describe(
      'The maximum size of the entries of all sinks together. Events that do not fit are refused. The file may grow to about twice this size. The default is 1GiB: an hour of 300 events of 1kB per second.',
    ),
  sync: yesOrNo()
    .prefault(false)
    .describe(
      'Whether an event counts as stored only when it is flushed to disk and survives a power loss. The default is false: events survive the death of this process, but a crash of the machine loses the last moments.',
    ),
}));
export type SpoolOptions = z.output<typeof Spool>;
