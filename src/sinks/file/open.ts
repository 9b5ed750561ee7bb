/** Events to a file: one JSON object a line. */

import type { OpenSink } from '../sink.ts';
import type { FileOptions } from './declaration.ts';
import { FileSink } from './sink.ts';

/** The file is opened when the first event comes, so that one that cannot be written does not keep a server from starting. */
export const openFile: OpenSink<FileOptions> = async (options, world) =>
  new FileSink(options, world, { now: Date.now, monotonic: () => performance.now() });
