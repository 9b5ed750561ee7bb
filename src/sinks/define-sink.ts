import type { OpenSink } from './sink.ts';

/** What the `options` of a module are. */
export type SinkModuleOptions = Readonly<Record<string, unknown>>;

/**
 * Declares a sink of one's own: the default export of a module that `sinks: { NAME: { module: ... } }` names.
 *
 * @param open is given the options of the configuration, as they stand there, and opens the sink without waiting
 *   for its system.
 * @throws TypeError when it is not a function.
 * @example
 * export default defineSink(async ({ url }, { name, log }) => ({
 *   name,
 *   async write(batch) { await post(url, batch.map(({ body }) => body)); },
 *   async close() {},
 * }));
 */
export function defineSink(open: OpenSink<SinkModuleOptions>): OpenSink<SinkModuleOptions> {
  if (typeof open !== 'function') throw new TypeError('defineSink takes a function that opens the sink');
  return open;
}
