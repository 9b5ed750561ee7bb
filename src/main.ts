/** The program: configuration -> listen -> signal -> drain. Reads top to bottom. */
import { availableParallelism } from 'node:os';
import type { Config } from './config/schema.ts';
import type { Environment } from './config/variables.ts';
import { type Hangups, heedHangups } from './hangup.ts';
import { type Loaded, load } from './load.ts';
import { followConfig, type Reloader } from './reload.ts';
import { type Serving, serveConfig } from './serve.ts';
import { followLevelSignal, followSupervisorLevel } from './telemetry/log/level-signal.ts';
import { createLevelSwitch, type LevelSwitch } from './telemetry/log/level-switch.ts';
import { createLogger, type Logger } from './telemetry/log.ts';
import { openActiveTrace } from './telemetry/tracing/detect.ts';
import { version } from './version.ts';

/** Exit status for a configuration that is not good, as of commands that are used wrongly. */
const BAD_CONFIGURATION = 2;

/** Milliseconds beyond the time to drain after which a supervisor kills a worker. */
const GRACE = 1_000;

/** @param argv flags only, without the program and the subcommand. */
export async function main(argv: readonly string[], env: Environment): Promise<void> {
  const loaded = await load(argv, env);
  if ('problems' in loaded) return refuse(loaded.problems);
  const { config } = loaded;
  const log = await createLogger({ ...config.log, trace: await openActiveTrace() });
  const levels = createLevelSwitch(log);
  const workers = config.workers === 'auto' ? availableParallelism() : config.workers;
  const isSupervised = workers > 1 && (await isWorker());
  // Once, and not by each worker again.
  if (!isSupervised) for (const warning of loaded.warnings) log.warn(warning);
  if (workers > 1 && !isSupervised) return await supervise(config, workers, log, levels, env);
  // Before somebody sends one: unheard, it would end the process.
  if (isSupervised) followSupervisorLevel(levels);
  else followLevelSignal(levels);
  const hangups = heedHangups();
  await run(loaded, log, levels, hangups, () => load(argv, env), isSupervised);
}

/** Whether a supervisor started this process. Without a channel to one, `node:cluster` need not be loaded to know. */
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
  process.exitCode = await run({ workers, log, levels, stopTimeout: drain.timeout + GRACE });
  pages?.close();
}

async function run(
  loaded: Loaded,
  log: Logger,
  levels: LevelSwitch,
  hangups: Hangups,
  reload: () => ReturnType<typeof load>,
  isSupervised: boolean,
): Promise<void> {
  const { config, custom, record, place } = loaded;
  let serving: Serving;
  try {
    serving = await serveConfig(config, { ...custom, record, log, isSupervised });
  } catch (error) {
    return refuse(
      explainStart(error as NodeJS.ErrnoException, config.listen)
        .split('\n')
        .map(place),
    );
  }
  const { address, port, family } = serving.address;
  const host = family === 'IPv6' ? `[${address}]` : address;
  const scheme = config.listen.tls === undefined ? 'http' : 'https';
  // Before anybody can know that it is time to send one.
  followSignals(
    serving,
    followConfig({ first: loaded, load: reload, serving, log, levels, refused: serving.refused }),
    hangups,
    log,
  );
  log.info({ version, pid: process.pid }, `listening on ${scheme}://${host}:${port}`);
}

function followSignals(serving: Serving, reloader: Reloader, hangups: Hangups, log: Logger): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    reloader.close();
    log.info({ signal }, 'stopping: no new connections, calls in flight are answered');
    const isComplete = await serving.stop();
    if (!isComplete) log.warn('the time to drain was over before everything was done (drain.timeout)');
    logStopped(serving.left, log);
    log.flush(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  hangups.follow(() => {
    serving.reloadTls().then(
      (hasTls) => hasTls && log.info('the TLS files were read again'),
      (error: Error) => log.error(error.message),
    );
    void reloader.reload();
  });
}

/** The last line says what became of events that no sink has taken. */
function logStopped({ lost, spooled }: Serving['left'], log: Logger): void {
  const left = { ...(spooled > 0 && { spooled }), ...(lost > 0 && { lost }) };
  if (lost > 0)
    log.warn({ code: 'sink_failed', ...left }, 'stopped: events that no sink took in time are lost');
  else if (spooled > 0)
    log.info(left, 'stopped: events that no sink took are in the spool for the next start');
  else log.info('stopped');
}

function refuse(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = BAD_CONFIGURATION;
  // A worker that is still connected to its supervisor does not exit by itself.
  if (process.connected) process.disconnect();
}

function explainStart(
  { code, message }: NodeJS.ErrnoException,
  { host, port }: Loaded['config']['listen'],
): string {
  if (code === 'EADDRINUSE')
    return `listen.port: port ${port} is taken on ${host}; stop what listens there, or set PORT`;
  if (code === 'EACCES') return `listen.port: port ${port} needs privileges; take one above 1023`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `listen.host: ${host} is not an address of this machine`;
  return message;
}
