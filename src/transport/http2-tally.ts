/** Counts protocol errors of HTTP/2 peers, by reason. */
import type { Reason } from './http2/error-code.ts';
import type { Watcher } from './http2/interface.ts';

export class Http2Tally implements Watcher {
  /** Connections ended since the start. */
  readonly connectionErrors = new Map<Reason, number>();
  /** Streams reset since the start. */
  readonly streamErrors = new Map<Reason, number>();

  connectionError(reason: Reason): void {
    count(this.connectionErrors, reason);
  }

  streamError(reason: Reason): void {
    count(this.streamErrors, reason);
  }
}

function count(counts: Map<Reason, number>, reason: Reason): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}
