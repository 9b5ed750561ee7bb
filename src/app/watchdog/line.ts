/** The line of the log that says why a process was ended. The log itself belongs to the thread that is blocked. */
import type { WatcherOptions } from './shared.ts';

export interface Verdict {
  readonly message: string;
  /** Milliseconds. */
  readonly silence: number;
  /** Where the main thread is, when it could be had. */
  readonly stack: string | undefined;
}

/** @param time as ISO 8601 writes it. */
export function describeVerdict(
  { message, silence, stack }: Verdict,
  { form, googleFields }: Pick<WatcherOptions, 'form' | 'googleFields'>,
  { time, pid }: { readonly time: string; readonly pid: number },
): string {
  if (form === 'pretty') return `[${time}] FATAL: ${message}\n${stack === undefined ? '' : `${stack}\n`}`;
  const fields = { severity: 'CRITICAL', time, pid, silence, ...(stack !== undefined && { stack }) };
  const google = form === 'google' && {
    ...googleFields,
    ...(stack !== undefined && { stack_trace: `Error: ${message}\n${stack}` }),
  };
  return `${JSON.stringify({ ...fields, ...google, message })}\n`;
}
