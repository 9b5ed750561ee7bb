/** Logs: JSON lines on standard error, as collectors read them, or coloured ones on a terminal. */
import { isatty } from 'node:tty';
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { clean } from '../events/pretty-text.ts';
import { createStderr } from './stderr.ts';

export type { Logger };

export interface LogOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** `auto` is pretty on a terminal and JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty';
}

/** As Google Cloud names them; most other collectors understand these too. */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** @param stream where lines go in place of standard error. */
export async function createLogger(options: LogOptions, stream?: DestinationStream): Promise<Logger> {
  const { level, format } = options;
  const isTerminal = stream === undefined && isatty(2);
  const isPretty = format === 'pretty' || (format === 'auto' && isTerminal);
  const out = stream ?? createStderr(isPretty ? describeDropped : describeDroppedInJson);
  const common: LoggerOptions = { level, base: null, messageKey: 'message', redact };
  if (isPretty) return pino(common, await prettify(out, isTerminal && !process.env.NO_COLOR));
  return pino({ ...common, ...json }, out);
}

const json: LoggerOptions = {
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }) },
};

const secrets = ['password', 'token', 'authorization', 'secret', 'cookie'];

/** Secrets are taken out long before: this is the second line of defence, three levels deep. */
const redact = {
  paths: ['', '*.', '*.*.'].flatMap((level) => secrets.map((name) => `${level}${name}`)),
  censor: '***',
};

/** pino-pretty is loaded only here: servers in containers never need it. */
async function prettify(out: DestinationStream, colorize: boolean): Promise<DestinationStream> {
  // CommonJS: a bundler finds no names in it, only the default.
  const { default: pinoPretty } = await import('pino-pretty');
  const { prettyFactory } = pinoPretty;
  const pretty = prettyFactory({
    colorize,
    messageKey: 'message',
    messageFormat: (record, key) => clean(String(record[key]), 1000),
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => out.write(pretty(line)) };
}

function describeDropped(dropped: number): string {
  return `${dropped} log lines were dropped: standard error was not read\n`;
}

function describeDroppedInJson(dropped: number): string {
  const message = describeDropped(dropped).trimEnd();
  return `${JSON.stringify({ severity: 'WARNING', time: new Date().toISOString(), message, dropped })}\n`;
}
