/** Opens the parts of a server; each gets those opened before it. The port comes last. */
import type { Config } from '../../config/schema.ts';
import type { OpenKeeper } from '../../emqx/open-keeper.ts';
import { type OpenEvents, openEvents } from '../../events/open-events.ts';
import { type RequiredWatch, watchRequired } from '../../events/required.ts';
import type { OpenInspector } from '../../inspector/open.ts';
import type { ConfigSource } from '../../inspector/policy/source.ts';
import { addBrackets } from '../../lib/url-host.ts';
import { createLogger, type Logger } from '../../log/log.ts';
import type { CallWatch } from '../../telemetry/call-watch.ts';
import { ReloadTally } from '../../telemetry/reload-tally.ts';
import { openActiveTrace, openTracing } from '../../telemetry/tracing/detect.ts';
import type { Tracing } from '../../telemetry/tracing/tracing.ts';
import type { Listener } from '../../transport/listener.ts';
import { createListenerState } from '../../transport/listener-state.ts';
import { loadTls, type TlsSettings } from '../../transport/tls.ts';
import type { OpenAdmin } from '../admin/open.ts';
import type { Recorder } from '../record.ts';
import { openServerRuntime, type ServerRuntime } from '../runtime/server-runtime.ts';
import { warmUp } from '../warm-up.ts';
import { loadCallWatch, openAdminPages } from './admin-pages.ts';
import { Closers } from './closers.ts';
import { loadInspector } from './inspecting.ts';
import { createLimits, openListener } from './open-listener.ts';
import type { ServeConfigOptions } from './options.ts';

export interface ServerParts {
  readonly config: Config;
  readonly log: Logger;
  readonly tracing: Tracing | undefined;
  readonly recorder: Recorder | undefined;
  readonly tls: TlsSettings | undefined;
  readonly events: OpenEvents;
  readonly live: ServerRuntime;
  /** Counts calls, if anyone may ask. */
  readonly watch: CallWatch | undefined;
  readonly reloads: ReloadTally;
  readonly keeper: OpenKeeper | undefined;
  readonly admin: OpenAdmin | undefined;
  readonly required: RequiredWatch | undefined;
  readonly listener: Listener;
  readonly inspector: OpenInspector | undefined;
  /** The configuration file in force. */
  readonly file: Held<ConfigSource | undefined>;
}

/** What is replaced while the server runs. */
export interface Held<Value> {
  value: Value;
}

/** @throws Error if one cannot be opened; the others are closed then. */
export async function openParts(config: Config, options: ServeConfigOptions): Promise<ServerParts> {
  const closers = new Closers();
  try {
    return await openAll(config, options, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function openAll(config: Config, options: ServeConfigOptions, closers: Closers): Promise<ServerParts> {
  const { hooks = [], lookups = {}, sinks = [], isSupervised = false } = options;
  const log = options.log ?? (await createLogger({ ...config.log, trace: await openActiveTrace() }));
  const world = { log, env: process.env, isSupervised };
  const inspecting = await loadInspector(config);
  const tracing = await openTracing(log, inspecting?.flow);
  const recorder = await openRecorder(options.record, log);
  closers.add(recorder, (opened) => opened?.close());
  const tls = config.listen.tls && (await loadTls(config.listen.tls));
  const events = await openEvents(config, {
    ...world,
    sinks,
    tracing: tracing?.events,
    watch: inspecting?.events,
  });
  closers.add(events, (opened) => opened.close(1));
  const live = await openServerRuntime(config, { ...world, hooks, lookups, router: events.router });
  closers.add(live, (opened) => opened.close());
  warmUp();
  const watch = await loadCallWatch(config);
  const keeper = await openKeeper(config, { ...world, own: () => live.ownList });
  closers.add(keeper, (opened) => opened?.close());
  const reloads = new ReloadTally();
  const opened = { config, log, tracing, recorder, tls, events, live, watch, reloads, keeper, inspecting };
  const limits = createLimits(config, log);
  const state = createListenerState(limits);
  const custom = hooks.map(({ name }) => name);
  const admin = await openAdminPages({ ...opened, ...world, state, custom });
  closers.add(admin, (pages) => pages?.close());
  const file: Held<ConfigSource | undefined> = { value: options.file };
  let address: string | undefined;
  const inspector = await inspecting?.open({
    ...opened,
    ...world,
    state,
    hooks,
    lookups,
    dev: options.inspector,
    source: () => file.value,
    listen: () => address,
  });
  closers.add(inspector, (opened) => opened?.close());
  const required = watchRequired({
    ports: events.outbox.pipelines,
    changed: (obstacle) => {
      state.health.obstacle = obstacle;
    },
  });
  closers.add(required, (asking) => asking?.close());
  const listener = await openListener({ ...opened, limits, state, pages: admin?.pages });
  address = originOf(config, listener);
  return { ...opened, admin, required, listener, inspector, file };
}

/** Loads the recorder only if needed. */
async function openRecorder(file: string | undefined, log: Logger): Promise<Recorder | undefined> {
  if (file === undefined) return undefined;
  const { openRecorder: open } = await import('../record.ts');
  return open({ file, log });
}

type KeeperWorld = Omit<Parameters<typeof import('../../emqx/open-keeper.ts')['openKeeper']>[0], 'broker'>;

/** Loads the client of the broker's REST API only if configured. */
async function openKeeper({ broker }: Config, world: KeeperWorld): Promise<OpenKeeper | undefined> {
  if (broker === undefined) return undefined;
  const { openKeeper: open } = await import('../../emqx/open-keeper.ts');
  return await open({ ...world, broker });
}

/** Where somebody on this machine reaches the port of brokers. */
function originOf({ listen }: Config, { address: { address, port } }: Listener): string {
  const host = address === '::' || address === '0.0.0.0' ? '127.0.0.1' : addBrackets(address);
  return `${listen.tls === undefined ? 'http' : 'https'}://${host}:${port}`;
}
