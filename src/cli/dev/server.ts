/** Our own server in the process of `exhook dev`: read again, and started again where that is needed, when a file changes. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Loaded, load, type NotLoaded } from '../../app/load.ts';
import { followConfig, type Reloader } from '../../app/reload.ts';
import { type Serving, serveConfig } from '../../app/serve.ts';
import type { Config } from '../../config/schema.ts';
import { Inspector } from '../../config/sections/inspector.ts';
import type { Environment } from '../../config/variables.ts';
import type { InspectorDev } from '../../inspector/open.ts';
import { renewImports } from '../../lib/import-file.ts';
import { type FileWatch, watchFile } from '../../lib/watch.ts';
import { createLogger, type Logger } from '../../log/log.ts';

export interface DevServerOptions {
  /** The configuration file. */
  readonly file: string;
  readonly env: Environment;
  /** Where the inspector is, and what only it can do here. Default: there is none. */
  readonly inspector?: { readonly port: number; readonly dev: InspectorDev } | undefined;
  /** Called before the server stops to start again. */
  readonly onStopping: () => Promise<void>;
  /** Called when it runs again, at another address; without one when it could not be started. */
  readonly onStarted: (url: string | undefined, log: Logger) => Promise<void>;
  /** Milliseconds between two looks at the files. Default: 1000. */
  readonly interval?: number;
}

export interface DevServer {
  readonly url: string;
  /** The URL of the inspector, with its token. */
  readonly inspector: string | undefined;
  readonly log: Logger;
  close(): Promise<void>;
}

/** Milliseconds to answer and deliver what is left, at a stop. */
const DRAIN = 2_000;

/** @returns the problems of the configuration when there are any. @throws Error when the server cannot be started. */
export async function openDevServer(options: DevServerOptions): Promise<DevServer | NotLoaded> {
  const loaded = await loadForDev(options);
  if ('problems' in loaded) return loaded;
  const log = await createLogger(loaded.config.log);
  for (const warning of loaded.warnings) log.warn(warning);
  const runner = new Runner(options, log);
  await runner.start(loaded);
  return {
    get url() {
      return runner.url;
    },
    get inspector() {
      return runner.inspector;
    },
    log,
    close: () => runner.close(),
  };
}

async function loadForDev(
  { file, env, inspector }: DevServerOptions,
  isServing = false,
): Promise<Loaded | NotLoaded> {
  const loaded = await load(['--config', file], env, { isServing });
  if ('problems' in loaded) return loaded;
  const config = forDev(loaded.config);
  if (inspector === undefined) return { ...loaded, config };
  return { ...loaded, config: { ...config, inspector: inspectorOf(loaded.config, inspector.port) } };
}

/** The same as long as the process lives: a page that is open stays so when the server is started again. */
const TOKEN = randomBytes(16).toString('base64url');

/** On this machine only, with payloads: they are test data. */
function inspectorOf({ inspector }: Config, port: number): Config['inspector'] {
  const own = { port, host: '127.0.0.1', payloads: true, token: TOKEN };
  return { ...Inspector.parse({ port }), ...inspector, ...own };
}

/** Only the dev broker calls it, and there is no EMQX to ask. */
function forDev({ broker: _, inspector: __, ...config }: Config): Config {
  const { tls: ___, ...listen } = config.listen;
  return {
    ...config,
    listen: { ...listen, host: '127.0.0.1', port: 0 },
    workers: 1,
    drain: { ...config.drain, delay: 0, timeout: Math.min(config.drain.timeout, DRAIN) },
  };
}

class Runner {
  readonly #options: DevServerOptions;
  readonly #log: Logger;
  #serving: Serving | undefined;
  #reloader: Reloader | undefined;
  #modules: FileWatch[] = [];
  /** Restarts, one after another. */
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: DevServerOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  get url(): string {
    const { port } = this.#serving?.address ?? { port: 0 };
    return `http://127.0.0.1:${port}`;
  }

  get inspector(): string | undefined {
    return this.#serving?.inspector?.url;
  }

  /** @throws Error when the server cannot be started. */
  async start(loaded: Loaded): Promise<void> {
    const log = this.#log;
    const inspector = this.#options.inspector?.dev;
    const { config, custom, file } = loaded;
    const serving = await serveConfig(config, { ...custom, log, file, inspector });
    this.#serving = serving;
    this.#follow(loaded, serving);
  }

  #follow(loaded: Loaded, serving: Pick<Serving, 'reload' | 'refused'>): void {
    const { interval } = this.#options;
    this.#reloader = followConfig({
      first: loaded,
      load: () => loadForDev(this.#options, true),
      serving,
      log: this.#log,
      restart: (next) => this.#restart(next, loaded),
      refused: () => serving.refused(),
      ...(interval !== undefined && { interval }),
    });
    this.#modules = modulesOf(loaded, this.#options.file).map((path) =>
      watchFile(path, {
        ...known(path),
        onText: () => void this.#reimport(loaded),
        onProblem: (problem) => this.#log.error(problem),
        ...(interval !== undefined && { interval }),
      }),
    );
  }

  async #reimport(running: Loaded): Promise<void> {
    renewImports();
    const next = await loadForDev(this.#options, true);
    if (!('problems' in next)) return await this.#restart(next, running);
    for (const problem of next.problems) this.#log.error(problem);
    this.#log.error('a module was not loaded; the previous one stays in effect');
  }

  #restart(next: Loaded, running: Loaded): Promise<void> {
    this.#turn = this.#turn.then(() => this.#restartNow(next, running));
    return this.#turn;
  }

  async #restartNow(next: Loaded, running: Loaded): Promise<void> {
    if (this.#isClosed) return;
    await this.#options.onStopping();
    await this.#stop();
    try {
      await this.start(next);
      this.#log.info('the server was started again with the changed configuration');
    } catch (error) {
      this.#log.error((error as Error).message);
      await this.#startOld(running);
    }
    await this.#options.onStarted(this.#serving && this.url, this.#log);
  }

  async #startOld(running: Loaded): Promise<void> {
    try {
      await this.start(running);
      this.#log.error('the server was started again with the previous configuration');
    } catch (error) {
      this.#log.error(`the server does not run until the configuration changes: ${(error as Error).message}`);
      const reload = async (config: Config): Promise<void> => this.#restart({ ...running, config }, running);
      this.#follow(running, { reload, refused: () => {} });
    }
  }

  async #stop(): Promise<void> {
    this.#reloader?.close();
    for (const watch of this.#modules) watch.close();
    this.#modules = [];
    const serving = this.#serving;
    this.#serving = undefined;
    await serving?.stop();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#turn;
    await this.#stop();
  }
}

/** What was just imported, or nothing when it cannot be read. */
function known(path: string): { readonly known?: string } {
  try {
    return { known: readFileSync(path, 'utf8') };
  } catch {
    return {};
  }
}

/** Modules of hooks, and of sinks. */
function modulesOf({ config }: Loaded, file: string): string[] {
  const base = dirname(resolve(file));
  const sinks = Object.values(config.sinks).flatMap(({ module }) =>
    module === undefined ? [] : [module.path],
  );
  return [...config.hooks.custom, ...sinks].map((path) => resolve(base, path));
}
