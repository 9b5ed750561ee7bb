import type { OpenSink } from './sink.ts';

/** The `options` of a module. */
export type SinkModuleOptions = Readonly<Record<string, unknown>>;

/**
 * Declares a custom sink: the default export of a module that `sinks: { NAME: { module: ... } }` names.
 *
 * @param open gets the options as they are in the configuration, and opens the sink without waiting for its system.
 * @throws TypeError if it is not a function.
 * @example export default defineSink(async ({ url }, { name, log }) => ({
 *   name,
 *   async write(batch) { await post(url, batch.map(({ body }) => body)); },
 *   async close() {}, }));
 */
export function defineSink(open: OpenSink<SinkModuleOptions>): OpenSink<SinkModuleOptions> {
  if (typeof open !== 'function') throw new TypeError('defineSink takes a function that opens the sink');
  return open;
}
