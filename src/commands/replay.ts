import { readFile } from 'node:fs/promises';
import { type ReplayOptions, replay } from '../replay/replay.ts';
import { formatSummary, type Sample, summarize } from '../replay/summary.ts';
import { type RecordedCall, readRecording } from '../wire/read-recording.ts';
import type { Terminal } from './terminal.ts';

export interface ReplayArguments {
  readonly recordings: readonly string[];
  readonly url: string;
  readonly connections: number;
  readonly speed: number;
  readonly loop: number;
  /** Print the summary only. */
  readonly summary: boolean;
}

/** `exhook replay`. @returns the exit status: 1 when a call failed, 2 when there is nothing to send or nobody to send it to. */
export async function replayCommand(args: ReplayArguments, terminal: Terminal): Promise<number> {
  const calls = await readAll(args.recordings, terminal);
  if (calls === undefined) return 2;
  if (calls.length === 0) {
    terminal.err(`there are no calls in ${args.recordings.join(', ')}`);
    return 2;
  }
  const samples: Sample[] = [];
  const progress = createProgress(calls.length * args.loop, samples, terminal);
  const options: ReplayOptions = {
    url: args.url,
    connections: args.connections,
    speed: args.speed,
    loops: args.loop,
    onSample: (sample, call) => {
      samples.push(sample);
      if (!args.summary) terminal.out(formatSample(call.line, sample));
    },
  };
  try {
    await replay(calls, options);
  } catch (error) {
    terminal.err(
      `cannot connect to ${args.url}: ${explain(error)}. Is the server running there? Start it with: node dist/server.js`,
    );
    return 2;
  } finally {
    progress.stop();
  }
  const summary = summarize(samples);
  terminal.out(`${args.summary ? '' : '\n'}${formatSummary(summary)}`);
  return summary.failed === 0 && summary.calls === calls.length * args.loop ? 0 : 1;
}

async function readAll(paths: readonly string[], terminal: Terminal): Promise<RecordedCall[] | undefined> {
  const calls: RecordedCall[] = [];
  let isGood = true;
  for (const path of paths) {
    const recorded = await readOne(path, terminal);
    if (recorded === undefined) isGood = false;
    else calls.push(...append(recorded, calls));
  }
  return isGood ? calls : undefined;
}

async function readOne(path: string, terminal: Terminal): Promise<readonly RecordedCall[] | undefined> {
  const text = await readFile(path, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) {
    terminal.err(`cannot read ${path}: ${explain(text)}`);
    return undefined;
  }
  const recording = readRecording(text);
  if ('problems' in recording) {
    for (const { line, message } of recording.problems) terminal.err(`${path}:${line}: ${message}`);
    return undefined;
  }
  if (recording.skipped > 0)
    terminal.err(`${path}: ${recording.skipped} calls are left out: their bytes were not recorded`);
  return recording.calls;
}

/** Several recordings are one life after another, each on connections of its own. */
function append(calls: readonly RecordedCall[], before: readonly RecordedCall[]): RecordedCall[] {
  const start = before.at(-1)?.atMs ?? 0;
  const lane = Math.max(0, ...before.map(({ connection }) => connection));
  return calls.map((call) => ({ ...call, atMs: call.atMs + start, connection: call.connection + lane }));
}

function formatSample(line: number, { hook, reply, duration, isFailed }: Sample): string {
  const mark = isFailed ? 'FAILED' : 'ok';
  return `${String(line).padStart(5)}  ${mark.padEnd(6)}  ${hook.padEnd(20)}  ${duration.toFixed(2).padStart(8)} ms  ${reply}`;
}

/** Milliseconds between two reports of progress. */
const PROGRESS_INTERVAL = 1_000;

function createProgress(total: number, samples: readonly Sample[], terminal: Terminal): { stop(): void } {
  if (!terminal.isInteractive) return { stop: () => {} };
  const timer = setInterval(() => {
    const percent = Math.floor((100 * samples.length) / total);
    terminal.progress(`${samples.length} of ${total} calls (${percent} %)`);
  }, PROGRESS_INTERVAL);
  return {
    stop: () => {
      clearInterval(timer);
      terminal.progress('');
    },
  };
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
