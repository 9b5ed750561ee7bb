import * as z from 'zod';
import { expects, section, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import { duration, size } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';

/** In octal, as people write it. YAML reads 0640 without quotes as the number 640. */
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
    .describe('Rotate when the file would grow larger than this. When absent, size does not matter.'),
  age: duration({ min: 1000, max: 366 * DAY, reads: 'from 1s to 366d' })
    .optional()
    .describe('Rotate at the next event when the file is older than this. When absent, age does not matter.'),
  keep: wholeNumber('a number of files', 0, 1_000_000)
    .optional()
    .describe('How many rotated files to keep; the oldest are removed. When absent, all are kept.'),
  gzip: yesOrNo()
    .prefault(false)
    .describe('Whether to compress rotated files, in the background. The default is false.'),
}));

export const File = section(() => ({
  path: path('./events.jsonl').describe(
    'The file, relative to the configuration file. It and its directory are created if they do not exist. There is no default.',
  ),
  mode: Mode.prefault('0640').describe(
    'The mode of a new file, before the umask applies. The default is 0640.',
  ),
  sync: yesOrNo()
    .prefault(true)
    .describe(
      'Whether a batch counts as written only once it is on disk (fdatasync) and survives a power failure. With false, it survives a crash of this process. The default is true.',
    ),
  rotate: Rotate.prefault({}).describe(
    'When to rotate the file. Without size and age it is never rotated: use logrotate then, which the sink notices.',
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
  // One place, one batch after another: concurrent writes would only break the order.
  concurrency: 1,
});
