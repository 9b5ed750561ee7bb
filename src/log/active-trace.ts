/** The trace that work at hand belongs to, as the log writes it beside its lines. */

export interface ActiveTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Nothing when the work belongs to no trace. */
export type ReadActiveTrace = () => ActiveTrace | undefined;
