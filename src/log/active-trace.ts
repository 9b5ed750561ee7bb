/** The trace of the current work, which the log adds to its lines. */

export interface ActiveTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** @returns nothing if the work belongs to no trace. */
export type ReadActiveTrace = () => ActiveTrace | undefined;
