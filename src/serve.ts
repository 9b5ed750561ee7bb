/** A running server: hooks, policy and look-ups behind a port; events and logs out of it. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { registeredHooks } from './config/hook-list.ts';
import { Config, type ConfigInput } from './config/schema.ts';
import { replaceHooks } from './custom-hooks.ts';
import { createOutbox, type Outbox } from './events/outbox.ts';
import { createStamp } from './events/stamp.ts';
import type { AnyHook } from './hook.ts';
import { hooks as builtInHooks } from './hooks/index.ts';
import { openRecorder, type Recorder } from './record.ts';
import type { Lookup, Shell } from './shell.ts';
import type { Sink } from './sinks/sink.ts';
import { createStdoutSink } from './sinks/stdout.ts';
import { createFailureLog } from './telemetry/failure-log.ts';
import { createLogger, type Logger } from './telemetry/log.ts';
import { createRateLimit } from './telemetry/rate-limit.ts';
import { watchTlsFiles } from './tls-watch.ts';
import { type Listener, listen } from './transport/listener.ts';
import { loadTls, type TlsSettings } from './transport/tls.ts';
import { warmUp } from './warm-up.ts';

export interface ServeOptions {
  /** As in the configuration file; what is not given has its default. */
  readonly config?: ConfigInput;
  /** Hooks that replace the built-in ones of the same name. */
  readonly hooks?: readonly AnyHook[];
  /** Answers to the questions of those hooks, by kind. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** Where events go besides standard output. */
  readonly sinks?: readonly Sink[];
  /** Default: standard error, as `config.log` says. */
  readonly log?: Logger;
  /** Write every call received to this file, with passwords replaced. */
  readonly record?: string | undefined;
}

/** A server that listens. */
export interface Serving {
  readonly address: AddressInfo;
  /** Reads the TLS files again, when there are any. */
  reloadTls(): Promise<void>;
  /**
   * Stops in order: not ready, no new connections, what runs is answered, events are flushed.
   *
   * @returns whether everything was done within `drain.timeout`.
   */
  stop(): Promise<boolean>;
}

/** The part of the time to drain that busy connections get to become quiet; the rest is for sinks. */
const PATIENCE = 1 / 2;

/**
 * Starts a server.
 *
 * @throws ZodError when the configuration is not good; Error when the port, a certificate or the file of the
 *   recording cannot be had.
 */
export async function serve(options: ServeOptions = {}): Promise<Serving> {
  const config = Config.parse(options.config ?? {});
  return await serveConfig(config, options);
}

/** The same, from a configuration that was checked already. */
export async function serveConfig(config: Config, options: Omit<ServeOptions, 'config'>): Promise<Serving> {
  const log = options.log ?? (await createLogger(config.log));
  const recorder = options.record === undefined ? undefined : openRecorder({ file: options.record, log });
  const tls = config.listen.tls && (await loadTls(config.listen.tls));
  const outbox = createOutbox({ sinks: sinksOf(config, options, log), log });
  const shell = createShell(config, options, outbox, log);
  warmUp();
  const listener = await listenAsConfigured(config, shell, tls, recorder, log);
  const unwatch = config.listen.tls && tls && watchTlsFiles(config.listen.tls, tls, log);
  return {
    address: listener.address,
    reloadTls: async () => await tls?.reload(),
    async stop() {
      unwatch?.();
      return await stop(config, listener, outbox, recorder);
    },
  };
}

function sinksOf(config: Config, { sinks = [] }: ServeOptions, log: Logger): Sink[] {
  const stdout = createStdoutSink({ format: config.events.stdout, log });
  return stdout === undefined ? [...sinks] : [stdout, ...sinks];
}

function createShell(config: Config, options: ServeOptions, outbox: Outbox, log: Logger): Shell {
  const custom = options.hooks ?? [];
  const stamp = createStamp({ now: Date.now, newId: randomUUID });
  const logFailure = createFailureLog(log, createRateLimit({ perSecond: 1 }));
  const registered = registeredHooks(
    config,
    custom.map(({ name }) => name),
  );
  return {
    hooks: replaceHooks(builtInHooks, custom),
    policy: { hooks: registered.map(({ name, topics }) => ({ name, topics: [...topics] })) },
    lookups: options.lookups ?? {},
    decided(_rpc, input, _reply, events) {
      if (events !== undefined) for (const event of events) outbox.push(stamp(event, input));
    },
    failed(rpc, failure) {
      logFailure(rpc, failure);
      return failure;
    },
  };
}

async function listenAsConfigured(
  { listen: { host, port, connect }, limits, connections }: Config,
  shell: Shell,
  tls: TlsSettings | undefined,
  recorder: Recorder | undefined,
  log: Logger,
): Promise<Listener> {
  const rateLimit = createRateLimit({ perSecond: 1 });
  const { maxAge, jitter } = connections;
  return await listen({
    ...limits,
    host,
    port,
    connect,
    tls,
    age: maxAge === 'off' ? undefined : { maxAge, jitter },
    shell: () => shell,
    received: recorder?.record.bind(recorder),
    refused: (reason) => rateLimit(reason, (times) => log.warn({ times }, reason)),
  });
}

async function stop(
  { drain }: Config,
  listener: Listener,
  outbox: Outbox,
  recorder: Recorder | undefined,
): Promise<boolean> {
  const end = performance.now() + drain.timeout;
  const left = (): number => Math.max(0, end - performance.now());
  listener.announceDrain();
  await sleep(drain.delay);
  const isQuiet = await within(listener.drain(left() * PATIENCE), left());
  if (!isQuiet) listener.destroy();
  const lost = await outbox.close(left());
  await recorder?.close();
  return isQuiet && lost === 0;
}

function sleep(milliseconds: number): Promise<void> {
  return milliseconds === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Whether the work was done in time, in milliseconds. */
async function within(work: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
