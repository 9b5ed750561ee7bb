/** Resolves the paths of sinks and the spool relative to the configuration file. */
import { resolveFiles } from '../lib/schema/files.ts';
import type { Config } from './schema.ts';
import { Sinks } from './sections/sinks.ts';
import { Spool } from './sections/spool.ts';

/** Returns the configuration with every path of its sinks and of its spool resolved. */
export function resolveSinkFiles(config: Config, resolve: (path: string) => string): Config {
  const { sinks, spool } = config;
  return {
    ...config,
    sinks: resolveFiles(Sinks, sinks, resolve),
    ...(spool && { spool: resolveFiles(Spool, spool, resolve) }),
  };
}
