import { redactUrls } from '../../lib/redact-urls.ts';
import type { FileCall } from '../../protocol/wire/read-recording.ts';
import { keepRegistered, type Registered } from '../replay/registered.ts';
import { type ReplayOptions, replay } from '../replay/replay.ts';
import { formatSummary, type Sample, summarize } from '../replay/summary.ts';
import { readRecordings } from './read-recordings.ts';
import type { Terminal } from './terminal.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';

export interface ReplayArguments extends TlsFiles {
  readonly recordings: readonly string[];
  readonly url: string;
  readonly connections: number;
  readonly speed: number;
  readonly loop: number;
  /** Leave out the calls of hooks that the server did not ask for. Default: all are sent. */
  readonly registered?: boolean;
  /** Print the summary only. */
  readonly summary: boolean;
}

/**
 * `exhook replay`. @returns the exit status: 1 if a call failed, 2 if there was nothing to send or no server
 * to send it to.
 */
export async function replayCommand(args: ReplayArguments, terminal: Terminal): Promise<number> {
  const recorded = await readRecordings(args.recordings, terminal);
  if (recorded === undefined) return 2;
  if (recorded.length === 0) {
    terminal.err(`there are no calls in ${args.recordings.join(', ')}`);
    return 2;
  }
  const tls = await readTlsFiles(args, args.url).catch((error: Error) => error);
  if (tls instanceof Error) {
    terminal.err(tls.message);
    return 2;
  }
  const registered = await chooseCalls(recorded, { ...args, tls }, terminal);
  if (registered === undefined) return 2;
  const { calls, leftOut } = registered;
  const samples: Sample[] = [];
  const progress = createProgress(calls.length * args.loop, samples, terminal);
  const options: ReplayOptions = {
    url: args.url,
    tls,
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
    complain(args.url, error, terminal);
    return 2;
  } finally {
    progress.stop();
  }
  const summary = summarize(samples);
  terminal.out(`${args.summary ? '' : '\n'}${formatSummary(summary)}${describeLeftOut(leftOut)}`);
  return summary.failed === 0 && summary.calls === calls.length * args.loop ? 0 : 1;
}

type Chosen = Registered<FileCall>;

/** @returns nothing when the server could not be asked, which is printed. */
async function chooseCalls(
  calls: readonly FileCall[],
  { registered = false, url, tls }: ReplayArguments & Pick<ReplayOptions, 'tls'>,
  terminal: Terminal,
): Promise<Chosen | undefined> {
  if (!registered) return { calls, leftOut: new Map() };
  try {
    return await keepRegistered(calls, { url, tls });
  } catch (error) {
    complain(url, error, terminal);
    return undefined;
  }
}

function describeLeftOut(leftOut: Chosen['leftOut']): string {
  if (leftOut.size === 0) return '';
  const hooks = [...leftOut].sort().map(([hook, count]) => `${count} ${hook}`);
  return `; not sent, since the server did not ask for these hooks: ${hooks.join(', ')}`;
}

function complain(url: string, error: unknown, terminal: Terminal): void {
  terminal.err(`cannot connect to ${redactUrls(url)}: ${explain(error)}. ${adviceFor(error)}`);
}

function formatSample(line: number, { hook, reply, duration, isFailed }: Sample): string {
  const mark = isFailed ? 'FAILED' : 'ok';
  return `${String(line).padStart(5)}  ${mark.padEnd(6)}  ${hook.padEnd(20)}  ${duration.toFixed(2).padStart(8)} ms  ${reply}`;
}

/** Milliseconds between two progress reports. */
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

/** OpenSSL's codes for a chain without a trusted authority. */
const untrusted = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_SIGNATURE_FAILURE/;

function adviceFor(error: unknown): string {
  if (untrusted.test(explain(error))) return 'Name the authority that signed its certificate with --ca FILE.';
  return 'Is the server running there? Start it with: node dist/server.js';
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
