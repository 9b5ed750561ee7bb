/** Runs a server: hooks, policy and look-ups behind a port; events and logs as output. */
import { Config } from '../config/schema.ts';
import { findStarvedRoutes } from '../events/check-hooks.ts';
import type { Undelivered } from '../events/undelivered.ts';
import type { ServeConfigOptions, ServeOptions, Serving } from './serve/options.ts';
import { openParts } from './serve/parts.ts';
import { stopParts } from './serve/stop-parts.ts';
import { watchTlsFiles } from './tls-watch.ts';

export type { ServeConfigOptions, ServeOptions, Serving } from './serve/options.ts';

/**
 * Starts a server.
 *
 * @throws ZodError if the configuration is invalid; Error if the port, a certificate or the file of the
 *   recording is not available, or if a custom hook keeps a route from ever getting an event.
 */
export async function serve(options: ServeOptions = {}): Promise<Serving> {
  const config = Config.parse(options.config ?? {});
  const starved = findStarvedRoutes(config.events.routes, options.hooks ?? []);
  if (starved.length > 0) throw new Error(starved.join('\n'));
  return await serveConfig(config, options);
}

/** The same, from a configuration that is already checked, together with the custom hooks. */
export async function serveConfig(config: Config, options: ServeConfigOptions): Promise<Serving> {
  const parts = await openParts(config, options);
  const { listener, admin, inspector, tls, live, reloads, keeper, log } = parts;
  keeper?.start(() => listener.health.isReady);
  const unwatch = config.listen.tls && tls && watchTlsFiles(config.listen.tls, tls, log);
  let left: Undelivered = { lost: 0, spooled: 0 };
  return {
    address: listener.address,
    ...(admin?.address && { adminAddress: admin.address }),
    ...(inspector && { inspector: { address: inspector.address, url: inspector.url } }),
    async reloadTls() {
      await tls?.reload();
      return tls !== undefined;
    },
    async reload(next, confirm, file) {
      await reloads.follow(live.replace(next, confirm));
      parts.file.value = file;
    },
    refused: () => reloads.refused(),
    get counters() {
      return live.counters;
    },
    get left() {
      return left;
    },
    async stop() {
      unwatch?.();
      const stopped = await stopParts(parts);
      left = stopped.left;
      return stopped.isComplete;
    },
  };
}
