/** The fields that Google Cloud Logging and Error Reporting look for, beside `severity`, `time` and `message`. */
import type { ActiveTrace } from '../active-trace.ts';
import { describeError } from './error-fields.ts';
import { traceFields } from './trace-fields.ts';

/** What runs, as Error Reporting groups by it. */
export interface ServiceContext {
  readonly service: string;
  readonly version: string;
}

/** A line with it is an error event, also without a stack. */
const REPORTED_ERROR = 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent';

/** Links a line to its trace. Without a project there can be no link: then as in JSON. */
export function googleTraceFields(trace: ActiveTrace, project: string | undefined): object {
  if (project === undefined) return traceFields(trace);
  return {
    'logging.googleapis.com/trace': `projects/${project}/traces/${trace.traceId}`,
    'logging.googleapis.com/spanId': trace.spanId,
    'logging.googleapis.com/trace_sampled': trace.isSampled,
  };
}

/** @param fields of a line that is an error. */
export function googleErrorFields(fields: object, serviceContext: ServiceContext): object {
  const stack = stackOf(fields);
  return { '@type': REPORTED_ERROR, serviceContext, ...(stack !== undefined && { stack_trace: stack }) };
}

function stackOf({ err, stack }: { readonly err?: unknown; readonly stack?: unknown }): string | undefined {
  if (err !== undefined) return describeError(err).stack;
  return typeof stack === 'string' ? stack : undefined;
}
