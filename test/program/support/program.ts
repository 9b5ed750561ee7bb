/** The built programs as child processes: started, listened to and ended by tests, each by its own id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, onTestFinished } from 'vitest';
import { root } from '../../support/source.ts';

export const dist = join(root, 'dist');

/** A line of the log. */
export interface LogLine {
  readonly severity: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The output of a process so far, with a way to wait for more. */
export class Heard {
  #text = '';
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wake();
    });
    stream.once('close', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  get text(): string {
    return this.#text;
  }

  /** Complete lines. */
  get lines(): string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  /** Resolves when `find` finds something in the output. @throws if the stream ends before. */
  async until<T>(what: string, find: (heard: Heard) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find(this);
      if (found !== undefined && found !== false) return found;
      if (this.#isOver) throw new Error(`the process ended before ${what}; it wrote:\n${this.#text}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** What runs: a test that is cut off must leave nothing behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The file under dist/ that is run. */
  readonly entry?: 'server.js' | 'cli.js';
  /** Where the built program is. Default: dist/. */
  readonly program?: string;
}

/** A process that was started. */
export class Program {
  readonly child: ChildProcess;
  readonly stdout: Heard;
  readonly stderr: Heard;
  /** Resolves when it has ended and everything it wrote was read. */
  readonly ended: Promise<Exit>;

  constructor(
    args: readonly string[],
    { env = {}, cwd = root, entry = 'server.js', program = dist }: ProgramOptions = {},
  ) {
    this.child = spawn(process.execPath, [join(program, entry), ...args], {
      cwd,
      env: cleanEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.child);
    this.child.once('exit', () => running.delete(this.child));
    this.stdout = new Heard(this.child.stdout as Readable);
    this.stderr = new Heard(this.child.stderr as Readable);
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve({ code, signal })),
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The log so far, without other output: configuration errors are written as text. */
  get log(): LogLine[] {
    return this.stderr.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  /** Waits for a line of the log. */
  async logged(pattern: RegExp): Promise<LogLine> {
    return await this.stderr.until(`it logged ${pattern}`, () =>
      this.log.find(({ message }) => pattern.test(message)),
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.signal(signal);
    return await this.ended;
  }

  /** Ends it at once, if it runs. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Variables for a program that waits a tenth of its time: what it does after a minute, it does after six seconds. */
export const hurried = {
  NODE_OPTIONS: `--import ${join(root, 'test/program/support/fast-clock.mjs')}`,
  SPEED: '10',
} as const;

/** A server that listens. */
export class RunningServer extends Program {
  host = '';
  port = 0;
  url = '';

  async listening(): Promise<this> {
    const { message } = await this.logged(/^listening on /);
    this.url = message.slice('listening on '.length);
    const { hostname, port } = new URL(this.url);
    this.host = hostname;
    this.port = Number(port);
    return this;
  }
}

/** Starts a program that ends with the test, if not before. */
export function start(args: readonly string[], options: ProgramOptions = {}): Program {
  const program = new Program(args, options);
  onTestFinished(() => program.kill());
  return program;
}

/** Starts a server on a free port of the loopback interface, and waits until it listens. It ends with the test. */
export async function startServer(
  args: readonly string[] = [],
  options: ProgramOptions = {},
): Promise<RunningServer> {
  const server = openServer(args, options);
  onTestFinished(() => server.kill());
  return await server.listening();
}

/** The same for several tests: the caller ends it. */
export function openServer(args: readonly string[] = [], options: ProgramOptions = {}): RunningServer {
  const env = { HOST: '127.0.0.1', PORT: '0', ...options.env };
  return new RunningServer(args, { ...options, env });
}

export interface Ran extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(args: readonly string[], options: ProgramOptions = {}): Promise<Ran> {
  const program = new Program(args, options);
  const exit = await program.ended;
  return { ...exit, stdout: program.stdout.text, stderr: program.stderr.text };
}

/** Runs the command `exhook`. */
export async function exhook(args: readonly string[], options: ProgramOptions = {}): Promise<Ran> {
  return await run(args, { ...options, entry: 'cli.js' });
}

/** Servers of a test file, by their arguments. */
const shared = new Map<string, Promise<unknown>>();
const endings: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(endings.map((end) => end()));
});

/** What `make` makes, once for all tests of a file that ask with the same key; `end` is called after the last. */
export async function oncePerFile<T>(
  key: object,
  make: () => Promise<{ readonly made: T; readonly end: () => Promise<void> }>,
): Promise<T> {
  const text = JSON.stringify(key);
  const known = shared.get(text) as Promise<T> | undefined;
  if (known !== undefined) return await known;
  const making = make().then(({ made, end }) => {
    endings.push(end);
    return made;
  });
  shared.set(text, making);
  return await making;
}

/** No variables of the machine that could change what a program does. */
export function cleanEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { ...(PATH && { PATH }), ...(HOME && { HOME }), NO_COLOR: '1', ...env };
}

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'exhook-program-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes a file into a new directory. @returns its path. */
export function temporaryFile(name: string, text: string, directory = temporaryDirectory()): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}
