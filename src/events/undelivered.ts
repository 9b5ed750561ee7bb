/** What was not delivered when the time to drain was over. */
export interface Undelivered {
  /** Events that are nowhere any more. */
  readonly lost: number;
  /** Events that are in the spool now, for the next start. */
  readonly spooled: number;
}
