/**
 * The call whose events are being published: emitting is synchronous, so that one place is enough. Not the context
 * of the SDK, since there may be no manager for it.
 */
export class CurrentTrace {
  /** Nothing outside of calls, and in calls that are not sampled. */
  traceParent: string | undefined;

  /** Runs work on behalf of a call. */
  during<T>(traceParent: string | undefined, work: () => T): T {
    this.traceParent = traceParent;
    try {
      return work();
    } finally {
      this.traceParent = undefined;
    }
  }
}
