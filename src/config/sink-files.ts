/** The files that sinks and the spool name, found from where the configuration is. */
import { resolveFiles } from '../lib/schema/files.ts';
import type { Config } from './schema.ts';
import { Sinks } from './sections/sinks.ts';
import { Spool } from './sections/spool.ts';

/** The configuration with every path of its sinks and of its spool resolved. */
export function resolveSinkFiles(config: Config, resolve: (path: string) => string): Config {
  const { sinks, spool } = config;
  return {
    ...config,
    sinks: resolveFiles(Sinks, sinks, resolve),
    ...(spool && { spool: resolveFiles(Spool, spool, resolve) }),
  };
}
