/** Formats the log line that says why a process was killed. The log itself belongs to the blocked thread. */
import type { WatcherOptions } from './shared.ts';

export interface Verdict {
  readonly message: string;
  /** Milliseconds. */
  readonly silence: number;
  /** Stack of the main thread, if available. */
  readonly stack: string | undefined;
}

/** @param time in ISO 8601. */
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
