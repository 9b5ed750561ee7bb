import type { OpenSink, Sink } from '../sink.ts';
import type { StdoutOptions } from './declaration.ts';
import { createStdoutSink } from './sink.ts';

/** A sink of its own, because a route asked for it: its events are kept, or counted as lost. */
export const openStdout: OpenSink<StdoutOptions> = async ({ format }, { name, log }) =>
  createStdoutSink({ name, format, log, isKept: true }) as Sink;
