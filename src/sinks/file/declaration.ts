import * as z from 'zod';
import { expects, section, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { duration, size } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';

/** As people write the bits, in octal. YAML reads 0640 without quotes as the number 640. */
const modes = ['0600', '0640', '0644', '0660', '0664'] as const;
const Mode = z
  .union([z.enum(modes), z.literal([600, 640, 644, 660, 664])], {
    error: expects('the mode of a file', 'one of 0600, 0640, 0644, 0660 and 0664'),
  })
  .transform((mode) => Number.parseInt(String(mode), 8));

const MiB = 2 ** 20;
const DAY = 86_400_000;

const Rotate = section(() => ({
  size: size({ min: 1024, max: 1024 * 1024 * MiB, reads: 'from 1KiB to 1024GiB' })
    .optional()
    .describe(
      'A file that would grow larger is put aside, and a new one is begun. When absent, size does not matter.',
    ),
  age: duration({ min: 1000, max: 366 * DAY, reads: 'from 1s to 366d' })
    .optional()
    .describe(
      'A file that was begun so long ago is put aside when the next event comes. When absent, age does not matter.',
    ),
  keep: wholeNumber('a number of files', 0, 1_000_000)
    .optional()
    .describe('So many files that were put aside are kept; the oldest go. When absent, all are kept.'),
  gzip: yesOrNo()
    .prefault(false)
    .describe('Whether files that were put aside are compressed, in the background. The default is false.'),
}));

export const File = section(() => ({
  path: path('./events.jsonl').describe(
    'The file, relative to the configuration file; it is made when it is not there, and its directory too. There is no default.',
  ),
  mode: Mode.prefault('0640').describe(
    'The mode of a file that is made, less the umask. The default is 0640.',
  ),
  sync: yesOrNo()
    .prefault(true)
    .describe(
      'Whether a batch counts as written only when the disk has it (fdatasync), so that it outlives a loss of power. With false, it outlives a crash of this process. The default is true.',
    ),
  rotate: Rotate.prefault({}).describe(
    'When a file is put aside. Without size and age never: leave that to logrotate, which the sink notices.',
  ),
}));
export type FileOptions = z.output<typeof File>;

export const file = defineSinkKind({
  name: 'file',
  summary: 'JSON Lines in a file, with rotation.',
  options: File,
  load: () => import('./open.ts').then(({ openFile }) => openFile),
  promises: {
    order: 'kept',
    repeats: 'after a failure, with the same id',
    confirmed: 'the disk has it (`sync`)',
  },
  // One place, one batch after another: more at once would bring nothing but disorder.
  concurrency: 1,
});
