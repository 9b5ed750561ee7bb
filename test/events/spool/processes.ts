/** Processes that share a spool; see child.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { root } from '../../support/source.ts';

export interface SpoolProcess {
  readonly child: ChildProcess;
  /** All that it has said, parsed. */
  readonly said: unknown[];
  ask<T>(...command: readonly unknown[]): Promise<T>;
  /** Does not wait for an answer. */
  tell(...command: readonly unknown[]): void;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Call it once in a file of tests. */
export function useProcesses(): (path: string, options?: { sync?: boolean }) => Promise<SpoolProcess> {
  let directory = '';
  beforeAll(async () => {
    directory = mkdtempSync(join(root, 'node_modules/.spool-test-'));
    await build({
      entryPoints: [join(import.meta.dirname, 'child.ts')],
      outfile: join(directory, 'child.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  return (path, { sync = false } = {}) => start([join(directory, 'child.mjs'), path, String(sync)]);
}

async function start(args: readonly string[]): Promise<SpoolProcess> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'close');
  const said: unknown[] = [];
  const waiting: ((line: unknown) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const parsed = parse(line);
    if (parsed === undefined) return;
    said.push(parsed);
    waiting.shift()?.(parsed);
  });
  child.stdin.on('error', () => undefined);
  const next = () => new Promise<unknown>((resolve) => waiting.push(resolve));
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    await exited;
  };
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await kill();
  });
  const tell = (...command: readonly unknown[]) => void child.stdin.write(`${JSON.stringify(command)}\n`);
  await next();
  return {
    child,
    said,
    tell,
    kill,
    async ask<T>(...command: readonly unknown[]) {
      const answer = next();
      tell(...command);
      return (await answer) as T;
    },
  };
}

/** A process that is killed may leave half a line. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
