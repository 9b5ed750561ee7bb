/** The queue on disk for events that sinks have not confirmed. */
import type * as z from 'zod';
import { section, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { size } from '../../lib/schema/units.ts';

export const Spool = section(() => ({
  path: path('./spool').describe(
    'The directory, relative to the configuration file. It is made if it is not there; workers share it, other machines must not. There is no default.',
  ),
  maxBytes: size({ min: 2 ** 20, max: 2 ** 40, reads: 'from 1MiB to 1024GiB' })
    .prefault('1GiB')
    .describe(
      'The most that the entries of all sinks may take together. Events that do not fit are refused. The file may grow to about twice as much. The default is 1GiB: an hour of 300 events of 1kB a second.',
    ),
  sync: yesOrNo()
    .prefault(false)
    .describe(
      "Whether an event counts as stored only when the disk has it, so that it outlives a loss of power too. The default is false: it outlives this process' death, and a crash of the machine costs the last moments.",
    ),
}));
export type SpoolOptions = z.output<typeof Spool>;
