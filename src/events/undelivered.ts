/** Events that were not delivered when the time to drain was over. */
export interface Undelivered {
  /** Events that are lost. */
  readonly lost: number;
  /** Events that are in the spool, for the next start. */
  readonly spooled: number;
}
