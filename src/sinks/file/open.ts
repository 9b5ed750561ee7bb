/** Writes events to a file: one JSON object per line. */

import type { OpenSink } from '../sink.ts';
import type { FileOptions } from './declaration.ts';
import { FileSink } from './sink.ts';

/** The file is opened with the first event: a server starts even if the file cannot be written. */
export const openFile: OpenSink<FileOptions> = async (options, world) =>
  new FileSink(options, world, { now: Date.now, monotonic: () => performance.now() });
