/** A running server: hooks, policy and look-ups behind a port; events and logs out of it. */
import type { AddressInfo } from 'node:net';
import { Config, type ConfigInput } from '../config/schema.ts';
import type { AnyHook } from '../core/hook.ts';
import type { Lookup } from '../core/runtime.ts';
import type { OpenKeeper } from '../emqx/open-keeper.ts';
import { findStarvedRoutes } from '../events/check-hooks.ts';
import { type OpenEvents, openEvents } from '../events/open-events.ts';
import { watchRequired } from '../events/required.ts';
import type { Undelivered } from '../events/undelivered.ts';
import { sleep } from '../lib/sleep.ts';
import { isDoneWithin } from '../lib/with-timeout.ts';
import { createLogger, type Logger } from '../log/log.ts';
import { createRateLimit } from '../log/rate-limit.ts';
import type { Sink } from '../sinks/sink.ts';
import type { CallWatch } from '../telemetry/call-watch.ts';
import { ReloadTally } from '../telemetry/reload-tally.ts';
import { openActiveTrace, openTracing } from '../telemetry/tracing/detect.ts';
import type { Tracing } from '../telemetry/tracing/tracing.ts';
import { type Listener, type ListenerOptions, listen } from '../transport/listener.ts';
import { loadTls, type TlsSettings } from '../transport/tls.ts';
import type { OpenAdmin } from './admin/open.ts';
import type { Recorder } from './record.ts';
import { type LiveCounters, openServerRuntime, type ServerRuntime } from './runtime/server-runtime.ts';
import { watchTlsFiles } from './tls-watch.ts';
import { warmUp } from './warm-up.ts';

export interface ServeOptions {
  /** As in the configuration file; what is not given has its default. */
  readonly config?: ConfigInput;
  /** Hooks that replace the built-in ones of the same name. */
  readonly hooks?: readonly AnyHook[];
  /** Answers to the questions of those hooks, by kind. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** Where all events go besides standard output and the routes of the configuration. */
  readonly sinks?: readonly Sink[];
  /** Default: standard error, as `config.log` says. */
  readonly log?: Logger;
  /** Write every call received to this file, with passwords replaced. */
  readonly record?: string | undefined;
}

/** A server that listens. */
export interface Serving {
  readonly address: AddressInfo;
  /** Of the admin pages, when they are configured. */
  readonly adminAddress?: AddressInfo;
  /** Reads the TLS files again. @returns whether there are any. */
  reloadTls(): Promise<boolean>;
  /**
   * Puts the policies of this configuration in force, and its `decisions`; nothing else of it.
   *
   * @param confirm asked when all is opened, and before it is put in force: throws when it must not be.
   * @throws Error with a line for each problem; then nothing has changed.
   */
  reload(config: Config, confirm?: () => Promise<void>): Promise<void>;
  /** Counts a configuration that was too wrong to be handed to {@link reload}. */
  refused(): void;
  /** What policies did so far. */
  readonly counters: LiveCounters;
  /**
   * Stops in order: not ready, no new connections, what runs is answered, events are flushed.
   *
   * @returns whether everything was done within `drain.timeout`.
   */
  stop(): Promise<boolean>;
  /** After the stop: how many events are lost, and how many are in the spool for the next start. */
  readonly left: Undelivered;
}

/** The part of the time to drain that busy connections get to become quiet; the rest is for sinks. */
const PATIENCE = 1 / 2;
/** Milliseconds that the SDK of OpenTelemetry has at least to send its last spans. */
const FLUSH = 500;

/**
 * Starts a server.
 *
 * @throws ZodError when the configuration is not good; Error when the port, a certificate or the file of the
 *   recording cannot be had, or when a route can never get an event because of a custom hook.
 */
export async function serve(options: ServeOptions = {}): Promise<Serving> {
  const config = Config.parse(options.config ?? {});
  return await serveConfig(config, options);
}

export interface ServeConfigOptions extends Omit<ServeOptions, 'config'> {
  /** Whether a supervisor started this process, and has the admin port. */
  readonly isSupervised?: boolean;
}

/** The same, from a configuration that was checked already. */
export async function serveConfig(config: Config, options: ServeConfigOptions): Promise<Serving> {
  const starved = findStarvedRoutes(config.events.routes, options.hooks ?? []);
  if (starved.length > 0) throw new Error(starved.join('\n'));
  const log = options.log ?? (await createLogger({ ...config.log, trace: await openActiveTrace() }));
  const tracing = await openTracing(log);
  const recorder = await openRecorderOf(options.record, log);
  const tls = config.listen.tls && (await loadTls(config.listen.tls));
  const { hooks = [], lookups = {}, sinks = [] } = options;
  const world = { log, env: process.env };
  const events = await openEvents(config, { ...world, sinks, tracing: tracing?.events });
  const closeEvents = async (error: unknown): Promise<never> => {
    await events.close(1);
    throw error;
  };
  const { router } = events;
  const live = await openServerRuntime(config, { ...world, hooks, lookups, router }).catch(closeEvents);
  warmUp();
  const watch = await loadAdmin(config);
  const keeper = await openKeeperOf(config, options, live, log).catch(async (error: unknown) => {
    live.close();
    return await closeEvents(error);
  });
  let admin: OpenAdmin | undefined;
  const answerPage: ListenerOptions['pages'] = (request, response) =>
    admin?.pages?.(request, response) ?? false;
  const pages = config.admin?.port === 'shared' ? answerPage : undefined;
  const listening = listenAsConfigured(config, live, tls, recorder, log, watch, tracing, pages);
  const listener = await listening.catch(closeEvents);
  const required = watchRequired({
    ports: events.outbox.pipelines,
    changed: (obstacle) => {
      listener.health.obstacle = obstacle;
    },
  });
  const reloads = new ReloadTally();
  const { outbox } = events;
  admin = await openAdminOf({ config, options, live, listener, outbox, log, watch, reloads, tls });
  let left: Undelivered = { lost: 0, spooled: 0 };
  keeper?.start(() => listener.health.isReady);
  const unwatch = config.listen.tls && tls && watchTlsFiles(config.listen.tls, tls, log);
  return {
    address: listener.address,
    ...(admin?.address && { adminAddress: admin.address }),
    async reloadTls() {
      await tls?.reload();
      return tls !== undefined;
    },
    reload: (next, confirm) => reloads.follow(live.replace(next, confirm)),
    refused: () => reloads.refused(),
    get counters() {
      return live.counters;
    },
    get left() {
      return left;
    },
    async stop() {
      const end = performance.now() + config.drain.timeout;
      unwatch?.();
      const keeperClosed = keeper?.close() ?? Promise.resolve();
      required?.close();
      const isComplete = await stop(config, listener, recorder, async (timeout) => {
        left = await events.close(timeout);
        return left.lost === 0;
      });
      await isDoneWithin(keeperClosed, Math.max(0, end - performance.now()));
      live.close();
      admin?.close();
      await tracing?.flush(Math.max(FLUSH, end - performance.now()));
      return isComplete;
    },
  };
}

/** Loads what writes recordings only when there is one. */
async function openRecorderOf(file: string | undefined, log: Logger): Promise<Recorder | undefined> {
  if (file === undefined) return undefined;
  const { openRecorder } = await import('./record.ts');
  return openRecorder({ file, log });
}

async function listenAsConfigured(
  { listen: { host, port, hosts, connect }, limits, connections }: Config,
  live: ServerRuntime,
  tls: TlsSettings | undefined,
  recorder: Recorder | undefined,
  log: Logger,
  watch: CallWatch | undefined,
  tracing: Tracing | undefined,
  pages: ListenerOptions['pages'],
): Promise<Listener> {
  const rateLimit = createRateLimit({ perSecond: 1 });
  const { maxAge, jitter } = connections;
  const runtime = watch?.watch(live.current) ?? live.current;
  return await listen({
    ...limits,
    host,
    port,
    hosts,
    connect,
    tls,
    age: maxAge === 'off' ? undefined : { maxAge, jitter },
    runtime: tracing?.watch(runtime) ?? runtime,
    call: tracing?.call,
    answered: watch?.answered,
    received: recorder?.record.bind(recorder),
    pages,
    refused: (reason) => rateLimit(reason, (times) => log.warn({ times }, reason)),
  });
}

interface Running {
  readonly config: Config;
  readonly options: ServeConfigOptions;
  readonly live: ServerRuntime;
  readonly listener: Listener;
  readonly outbox: OpenEvents['outbox'];
  readonly log: Logger;
  readonly watch: CallWatch | undefined;
  readonly reloads: ReloadTally;
  readonly tls: TlsSettings | undefined;
}

/**
 * Loads what the admin pages need only when there are any, and before the port opens: afterwards there may be no file
 * descriptor left, and Node remembers for ever that an import has failed.
 */
async function loadAdmin({ admin }: Config): Promise<CallWatch | undefined> {
  if (admin === undefined) return undefined;
  const [{ createCallWatch }, { loadClient }] = await Promise.all([
    import('../telemetry/call-watch.ts'),
    import('../telemetry/prometheus.ts'),
    import('./admin/open.ts'),
  ]);
  await loadClient();
  return createCallWatch();
}

async function openAdminOf(running: Running): Promise<OpenAdmin | undefined> {
  const { config, options, live, watch, listener } = running;
  const { admin } = config;
  if (admin === undefined || watch === undefined) return undefined;
  const { hooks = [], isSupervised = false } = options;
  const custom = hooks.map(({ name }) => name);
  const { openAdmin } = await import('./admin/open.ts');
  const world = { ...running, admin, watch, custom, isSupervised, config: () => live.config };
  try {
    return await openAdmin({ ...world, env: process.env });
  } catch (error) {
    listener.destroy();
    live.close();
    throw error;
  }
}

/** Loads what asks the broker's REST API only when that is configured. */
async function openKeeperOf(
  { broker }: Config,
  { isSupervised = false }: ServeConfigOptions,
  live: ServerRuntime,
  log: Logger,
): Promise<OpenKeeper | undefined> {
  if (broker === undefined) return undefined;
  const { openKeeper } = await import('../emqx/open-keeper.ts');
  return await openKeeper({ broker, env: process.env, log, own: () => live.ownList, isSupervised });
}

async function stop(
  { drain }: Config,
  listener: Listener,
  recorder: Recorder | undefined,
  closeEvents: (timeout: number) => Promise<boolean>,
): Promise<boolean> {
  const end = performance.now() + drain.timeout;
  const left = (): number => Math.max(0, end - performance.now());
  listener.announceDrain();
  if (drain.delay > 0) await sleep(drain.delay);
  const isQuiet = await isDoneWithin(listener.drain(left() * PATIENCE), left());
  if (!isQuiet) listener.destroy();
  const isDelivered = await closeEvents(left());
  await recorder?.close();
  return isQuiet && isDelivered;
}
