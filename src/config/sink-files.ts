/** The files that sinks and the spool name, found from where the configuration is. */
import type { Config } from './schema.ts';
import { kindOf, type SinkSection, sinkFiles } from './sections/sinks.ts';
import { spoolFiles } from './sections/spool.ts';

type Resolve = (path: string) => string;

/** The configuration with every path of its sinks and of its spool resolved. */
export function resolveSinkFiles(config: Config, resolve: Resolve): Config {
  const { sinks, spool } = config;
  return {
    ...config,
    sinks: Object.fromEntries(
      Object.entries(sinks).map(([name, sink]) => [name, resolveSink(sink, resolve)]),
    ),
    ...(spool && { spool: resolveAll(spool, spoolFiles, resolve) }),
  };
}

function resolveSink(sink: SinkSection, resolve: Resolve): SinkSection {
  const kind = kindOf(sink);
  const options = sink[kind];
  return {
    ...sink,
    ...(options && { [kind]: resolveAll(options, sinkFiles[kind], resolve) }),
    ...(typeof sink.deadLetter === 'object' && { deadLetter: { file: resolve(sink.deadLetter.file) } }),
  };
}

function resolveAll<Value extends object>(value: Value, names: readonly string[], resolve: Resolve): Value {
  return names.reduce((all, name) => resolveAt(all, name.split('.'), resolve), value);
}

/** A copy with the text at a path resolved, if there is one. A `*` stands for every key. */
function resolveAt<Value>(value: Value, [name, ...rest]: readonly string[], resolve: Resolve): Value {
  if (name === undefined) return (typeof value === 'string' ? resolve(value) : value) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const keys = name === '*' ? Object.keys(value) : Object.keys(value).filter((key) => key === name);
  const changed = keys.map((key) => [key, resolveAt((value as Record<string, unknown>)[key], rest, resolve)]);
  return { ...value, ...Object.fromEntries(changed) };
}
