/**
 * The log: JSON lines on standard error for collectors, or coloured lines on a terminal. docs/logs.md lists
 * every field.
 */
import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { clip } from '../lib/clip.ts';
import { printable, printableJson, printableLines } from '../lib/printable.ts';
import type { ReadActiveTrace } from './active-trace.ts';
import { clipFields, MAX_MESSAGE } from './format/clip-fields.ts';
import { describeError } from './format/error-fields.ts';
import { googleForm, isOnCloudRun, jsonForm, traceMixin } from './format/forms.ts';
import { scrub } from './format/scrub.ts';
import { createStderr, type LogDestination } from './stderr.ts';

export type { Logger };

export interface LogOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** `auto` is pretty on a terminal, the format of Google Cloud on Cloud Run, and plain JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'google' | 'pretty';
  /** The Google Cloud project of the traces. Default: `GOOGLE_CLOUD_PROJECT` of the environment. */
  readonly project?: string | undefined;
  /** The trace that a line belongs to. Default: none. */
  readonly trace?: ReadActiveTrace | undefined;
  /** Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** @param stream the destination of lines. Default: standard error. */
export async function createLogger(options: LogOptions, stream?: DestinationStream): Promise<Logger> {
  const { level, project, trace, env = process.env } = options;
  const isTerminal = stream === undefined && isatty(2);
  const form = chooseForm(options.format, env, isTerminal);
  const out = stream ?? createStderr(form === 'pretty' ? describeDropped : describeDroppedInJson);
  const common: LoggerOptions = { level, base: null, messageKey: 'message', redact, serializers, hooks };
  if (form === 'pretty') {
    const readable = await prettify(out, isTerminal && !env.NO_COLOR);
    return pino({ ...common, formatters: { log: clipFields }, ...traceMixin(trace) }, scrubbed(readable));
  }
  const named = form === 'google' ? googleForm(trace, project, env) : jsonForm(trace);
  // Lines of JSON may be shown on a terminal too.
  return pino({ ...common, ...named }, scrubbed(through(out, printableJson)));
}

/** The format that `auto` means here. */
export function chooseForm(
  format: LogOptions['format'],
  env: NonNullable<LogOptions['env']> = process.env,
  isTerminal = isatty(2),
): Exclude<LogOptions['format'], 'auto'> {
  if (format !== 'auto') return format;
  if (isTerminal) return 'pretty';
  return isOnCloudRun(env) ? 'google' : 'json';
}

const secrets = ['password', 'token', 'authorization', 'secret', 'cookie'];

/** Secrets are removed long before: this is the second line of defence, three levels deep. */
const redact = {
  paths: ['', '*.', '*.*.'].flatMap((level) => secrets.map((name) => `${level}${name}`)),
  censor: '***',
};

const serializers = { err: (thrown: unknown) => describeError(thrown) };

const hooks: NonNullable<LoggerOptions['hooks']> = {
  logMethod(args, method) {
    const at = typeof args[0] === 'string' ? 0 : 1;
    const message: unknown = args[at];
    if (typeof message === 'string') args[at] = clip(message, MAX_MESSAGE);
    method.apply(this, args);
  },
};

/** The third line of defence, for error texts of libraries. */
function scrubbed(out: LogDestination): LogDestination {
  return through(out, scrub);
}

function through(out: LogDestination, change: (line: string) => string): LogDestination {
  const { flush } = out;
  return { write: (line) => out.write(change(line)), ...(flush && { flush: flush.bind(out) }) };
}

/** pino-pretty is loaded only here: servers in containers never need it. */
async function prettify(out: LogDestination, colorize: boolean): Promise<LogDestination> {
  // CommonJS: a bundler sees only its default export.
  const { default: pinoPretty } = await import('pino-pretty');
  const { prettyFactory } = pinoPretty;
  const pretty = prettyFactory({
    colorize,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return through(out, (line) => pretty(printableRecord(JSON.parse(line))));
}

/** Makes all texts and names of a record printable, except for the line breaks of a stack. */
function printableRecord(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return (key === 'stack' ? printableLines : printable)(value);
  if (Array.isArray(value)) return value.map((entry) => printableRecord(entry, key));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, entry]) => [printable(name), printableRecord(entry, name)]));
}

function describeDropped(dropped: number): string {
  return `${dropped} log lines were dropped: standard error could not be written, or was not read\n`;
}

function describeDroppedInJson(dropped: number): string {
  const message = describeDropped(dropped).trimEnd();
  return `${JSON.stringify({ severity: 'WARNING', time: new Date().toISOString(), message, dropped })}\n`;
}
