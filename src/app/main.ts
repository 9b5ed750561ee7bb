/** The program: configuration -> listen -> signal -> drain. Read it top to bottom. */

import { availableParallelism } from 'node:os';
import type { Config } from '../config/schema.ts';
import type { Environment } from '../config/variables.ts';
import { explainListenError } from '../lib/listen.ts';
import { replaceLostTerminalsAtExit } from '../lib/terminal-fd.ts';
import { addBrackets } from '../lib/url-host.ts';
import { version } from '../lib/version.ts';
import { writeError } from '../lib/write-error.ts';
import { googleFieldsOf } from '../log/format/forms.ts';
import { followLevelSignal, followSupervisorLevel } from '../log/format/level-signal.ts';
import { createLevelSwitch, type LevelSwitch } from '../log/format/level-switch.ts';
import { chooseForm, createLogger, type Logger } from '../log/log.ts';
import { openActiveTrace } from '../telemetry/tracing/detect.ts';
import { type Crashes, heedCrashes } from './crash.ts';
import { type Loaded, load } from './load.ts';
import { followConfig, type Reloader } from './reload.ts';
import { type Serving, serveConfig } from './serve.ts';
import { type Hangups, handleSighup } from './sighup.ts';
import { createStop, type Stop } from './stop.ts';
import { startWatchdog } from './watchdog/start.ts';

/** Exit status for an invalid configuration, as for commands that are used wrongly. */
const BAD_CONFIGURATION = 2;

/** Milliseconds beyond the drain time after which a process that still runs is killed. */
const GRACE = 1_000;

/** Milliseconds: starting a thread takes CPU time from the first calls of a broker that waited for the start. */
const WATCH_DELAY = 100;

/** @param argv flags only, without program and subcommand. */
export async function main(argv: readonly string[], env: Environment): Promise<void> {
  // Before user modules run.
  const crashes = heedCrashes();
  replaceLostTerminalsAtExit();
  const loaded = await load(argv, env);
  if ('problems' in loaded) return refuse(loaded.problems);
  const { config } = loaded;
  const log = await createLogger({ ...config.log, trace: await openActiveTrace() });
  crashes.logTo(log);
  const levels = createLevelSwitch(log);
  const workers = config.workers === 'auto' ? availableParallelism() : config.workers;
  const isSupervised = workers > 1 && (await isWorker());
  // Once, not again in each worker.
  if (!isSupervised) for (const warning of loaded.warnings) log.warn(warning);
  if (workers > 1 && !isSupervised) return await supervise(config, workers, log, levels, env, crashes);
  // Before anyone can send one: without a handler it would end the process.
  if (isSupervised) followSupervisorLevel(levels);
  else followLevelSignal(levels);
  const hangups = handleSighup();
  await run(loaded, log, levels, hangups, () => load(argv, env, { isServing: true }), isSupervised, crashes);
}

/** Whether a supervisor started this process. Without a channel there is no need to load `node:cluster`. */
async function isWorker(): Promise<boolean> {
  if (!process.connected) return false;
  const { default: cluster } = await import('node:cluster');
  return cluster.isWorker;
}

async function supervise(
  config: Config,
  workers: number,
  log: Logger,
  levels: LevelSwitch,
  env: Environment,
  crashes: Crashes,
): Promise<void> {
  const { drain, admin } = config;
  let pages: { close(): void } | undefined;
  if (admin !== undefined) {
    const { openSupervisorAdmin } = await import('./admin/supervised.ts');
    try {
      pages = await openSupervisorAdmin({ admin, workers, log, env });
    } catch (error) {
      return refuse([(error as Error).message]);
    }
  }
  const { supervise: run } = await import('./supervisor.ts');
  process.exitCode = await run({ workers, log, levels, stopTimeout: drain.timeout + GRACE, crashes });
  pages?.close();
}

async function run(
  loaded: Loaded,
  log: Logger,
  levels: LevelSwitch,
  hangups: Hangups,
  reload: () => ReturnType<typeof load>,
  isSupervised: boolean,
  crashes: Crashes,
): Promise<void> {
  const { config, custom, record, file, place } = loaded;
  let serving: Serving;
  try {
    serving = await serveConfig(config, { ...custom, record, log, isSupervised, file });
  } catch (error) {
    const problems = explainStart(error as NodeJS.ErrnoException, config.listen).split('\n');
    return refuse(await place(problems));
  }
  const { address, port } = serving.address;
  const host = addBrackets(address);
  const scheme = config.listen.tls === undefined ? 'http' : 'https';
  // Before anyone can know that it is time to send one.
  const reloader = followConfig({
    first: loaded,
    load: reload,
    serving,
    log,
    levels,
    refused: serving.refused,
  });
  const stop = createStop({ serving, reloader, log });
  followSignals(stop, log);
  followHangups(hangups, serving, reloader, log);
  crashes.follow(stop, config.drain.timeout + GRACE);
  if (serving.inspector !== undefined) announceInspector(serving.inspector, config, log);
  log.info({ version, pid: process.pid }, `listening on ${scheme}://${host}:${port}`);
  watch(loaded, log);
}

/** The URL with its token is for a terminal only: logs are kept, and read by others. */
function announceInspector(
  { address: { address, port }, url }: NonNullable<Serving['inspector']>,
  { inspector }: Config,
  log: Logger,
): void {
  const place = `the inspector is at http://${addBrackets(address)}:${port}`;
  if (inspector?.token !== undefined) log.info(`${place}, for those who have its token`);
  else if (process.stderr.isTTY) writeError(`The inspector: ${url}`);
  else log.warn(`${place}, and nobody has its token: set inspector.token to open it`);
}

function watch({ config, custom }: Loaded, log: Logger): void {
  const { watchdog, drain, sinks } = config;
  if (watchdog === 'off') return;
  // User code may block at the first call.
  const isForeign =
    custom.hooks.length > 0 || Object.values(sinks).some(({ module }) => module !== undefined);
  startWatchdog({
    limit: watchdog,
    stopWithin: drain.timeout + GRACE,
    form: chooseForm(config.log.format),
    googleFields: googleFieldsOf(process.env),
    log,
    delay: isForeign ? 0 : WATCH_DELAY,
  });
}

function followSignals(stop: Stop, log: Logger): void {
  let isTold = false;
  const obey = (signal: NodeJS.Signals): void => {
    if (isTold) return;
    isTold = true;
    log.info({ signal }, 'stopping: no new connections, calls in flight are answered');
    void stop(0);
  };
  process.on('SIGTERM', obey);
  process.on('SIGINT', obey);
}

function followHangups(hangups: Hangups, serving: Serving, reloader: Reloader, log: Logger): void {
  hangups.follow(() => {
    serving.reloadTls().then(
      (hasTls) => hasTls && log.info('the TLS files were reloaded'),
      (error: Error) => log.error(error.message),
    );
    void reloader.reload();
  });
}

function refuse(problems: readonly string[]): void {
  for (const problem of problems) writeError(problem);
  process.exitCode = BAD_CONFIGURATION;
  // A worker that is connected to its supervisor does not exit by itself.
  if (process.connected) process.disconnect();
}

function explainStart(error: NodeJS.ErrnoException, place: Loaded['config']['listen']): string {
  const explained = explainListenError(
    error,
    'listen',
    place,
    'stop the program that listens there, or set PORT',
  );
  return explained ?? error.message;
}
