/** How the fields of a line are called: plain JSON, or as Google Cloud reads it. */
import { type LoggerOptions, stdTimeFunctions } from 'pino';
import { version } from '../../lib/version.ts';
import type { ReadActiveTrace } from '../active-trace.ts';
import { clipFields } from './clip-fields.ts';
import { googleErrorFields, googleTraceFields, type ServiceContext } from './google-fields.ts';
import { traceFields } from './trace-fields.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** As Google Cloud names them; most other collectors understand these too. */
const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** The number of `error` in pino. */
const ERROR = 50;

/** Cloud Run and other platforms made of Knative tell every container the name of its service. */
export function isOnCloudRun({ K_SERVICE }: Environment): boolean {
  return K_SERVICE !== undefined && K_SERVICE !== '';
}

export function jsonForm(trace: ReadActiveTrace | undefined): LoggerOptions {
  return { ...common, ...traceMixin(trace) };
}

/** Costs nothing without a trace to read. */
export function traceMixin(read: ReadActiveTrace | undefined): Pick<LoggerOptions, 'mixin'> {
  if (read === undefined) return {};
  return {
    mixin() {
      const trace = read();
      return trace === undefined ? {} : traceFields(trace);
    },
  };
}

/** @param project of Google Cloud; by default what the environment says. */
export function googleForm(
  read: ReadActiveTrace | undefined,
  project: string | undefined,
  env: Environment,
): LoggerOptions {
  const owner = project ?? (env.GOOGLE_CLOUD_PROJECT || undefined);
  const context = serviceContext(env);
  return {
    ...common,
    mixin(fields, level) {
      const trace = read?.();
      return {
        ...(trace && googleTraceFields(trace, owner)),
        ...(level >= ERROR && googleErrorFields(fields, context)),
      };
    },
  };
}

/** The fields of an error, but for its stack. */
export function googleFieldsOf(env: Environment): object {
  return googleErrorFields({}, serviceContext(env));
}

const common: LoggerOptions = {
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ severity: severities[label] ?? 'DEFAULT' }), log: clipFields },
};

/** What was deployed is what changes when something breaks: its revision, where the platform gives one. */
function serviceContext({ K_SERVICE, K_REVISION }: Environment): ServiceContext {
  return { service: K_SERVICE || 'exhook-edge', version: K_REVISION || version };
}
