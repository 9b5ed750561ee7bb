/** One container of an image, by runc: user, program, variables and signal of the image, and nothing it may write to. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run, until } from './tools.mjs';

let count = 0;
const running = new Set();

/** Ends what still runs, also after a failure. */
export async function removeContainers() {
  for (const container of running) await container.remove();
}

export class Container {
  #image;
  #state;
  #id = `exhook-${process.pid}-${++count}`;
  #child;
  /** The server's output: events, and its log. */
  stdout = '';
  stderr = '';

  /**
   * @param {object} given
   * @param {any} given.image its configuration, as Docker has it
   * @param {string} given.root the directory with its files
   * @param {string} given.directory for the bundle
   * @param {readonly string[]} [given.args] behind the entry point
   * @param {readonly string[]} [given.env] besides that of the image
   * @param {string} [given.config] a directory that becomes /etc/exhook-edge
   * @param {boolean} [given.isAlone] with a network of its own; else that of the host
   */
  static async start(given) {
    const container = new Container();
    await container.#start(given);
    return container;
  }

  async #start({ image, root, directory, args = [], env = [], config, isAlone = false }) {
    this.#image = image;
    this.#state = join(directory, 'runc');
    const bundle = join(directory, this.#id);
    mkdirSync(bundle);
    await run('runc', ['spec', '--bundle', bundle]);
    const file = join(bundle, 'config.json');
    const spec = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(restrict(spec, { image, root, args, env, config, isAlone })));
    running.add(this);
    this.since = performance.now();
    this.#child = spawn(findProgram('runc'), [...this.#rootOption, 'run', '--bundle', bundle, this.#id], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  get #rootOption() {
    return ['--root', this.#state];
  }

  /** Until the server says that it listens. @throws {Error} with its log when it ends instead */
  async listening() {
    await until('the server to listen', () => {
      if (this.#child.exitCode !== null) throw new Error(`the container ended at its start:\n${this.stderr}`);
      return this.stderr.includes('listening on');
    });
  }

  /** @returns {Promise<number>} of its first process, as the host counts */
  async pid() {
    const { stdout } = await run('runc', [...this.#rootOption, 'state', this.#id]);
    return JSON.parse(stdout).pid;
  }

  /** @returns {Promise<number>} bytes of its first process that are in memory */
  async memory() {
    const status = readFileSync(`/proc/${await this.pid()}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Runs a program in it, as its user. */
  async exec(args, env = []) {
    const variables = env.flatMap((one) => ['--env', one]);
    return await run('runc', [...this.#rootOption, 'exec', ...variables, this.#id, ...args], {
      mayFail: true,
    });
  }

  /** Its HEALTHCHECK. */
  async check() {
    const [kind, ...command] = this.#image.Healthcheck.Test;
    if (kind !== 'CMD') throw new Error(`HEALTHCHECK needs a runtime: ${kind}`);
    return await this.exec(command);
  }

  /** Sends the image's stop signal. */
  async stop() {
    await run('runc', [...this.#rootOption, 'kill', this.#id, this.#image.StopSignal]);
  }

  async remove() {
    running.delete(this);
    await run('runc', [...this.#rootOption, 'delete', '--force', this.#id], { mayFail: true });
    await this.ended;
  }
}

function restrict(spec, { image, root, args, env, config, isAlone }) {
  const [uid, gid] = image.User.split(':').map(Number);
  spec.root = { path: root, readonly: true };
  spec.process = {
    ...spec.process,
    terminal: false,
    user: { uid, gid },
    args: [...image.Entrypoint, ...args],
    env: [...image.Env, ...env],
    cwd: image.WorkingDir,
    capabilities: { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] },
    noNewPrivileges: true,
  };
  if (!isAlone) spec.linux.namespaces = spec.linux.namespaces.filter(({ type }) => type !== 'network');
  // Not even what Docker leaves open to write.
  spec.mounts = spec.mounts.filter(({ destination }) => !/^\/dev\/(shm|mqueue)$/.test(destination));
  if (config !== undefined)
    spec.mounts.push({
      destination: '/etc/exhook-edge',
      type: 'bind',
      source: config,
      options: ['bind', 'ro'],
    });
  return spec;
}
