/**
 * Limits for frames that are cheap to send. Each is far above what clients do. The limit of resets is nghttp2's; the
 * others let a client acknowledge every DATA frame and every reply.
 */
import { Allowance, type AllowanceRate } from './allowance.ts';

const rates = {
  /** RST_STREAM from the peer (CVE-2023-44487). A broker resets calls that it has given up. */
  reset: { burst: 1_000, perSecond: 33, perWork: 0 },
  /** Stream errors that make us send RST_STREAM (CVE-2025-8671). */
  streamError: { burst: 200, perSecond: 10, perWork: 0 },
  /** CVE-2019-9515. Clients send one, and another after a change. */
  settings: { burst: 100, perSecond: 10, perWork: 0 },
  /** CVE-2019-9512. grpc-go may send one per round trip in which it receives data. */
  ping: { burst: 1_000, perSecond: 100, perWork: 2 },
  /** CVE-2019-9513. Deprecated by RFC 9113, but some clients still send it with each request. */
  priority: { burst: 1_000, perSecond: 100, perWork: 4 },
  /** Some clients send two per received DATA frame. */
  windowUpdate: { burst: 10_000, perSecond: 1_000, perWork: 8 },
  /** CVE-2019-9518: DATA without payload that does not end the stream. */
  emptyData: { burst: 100, perSecond: 10, perWork: 0 },
} satisfies Record<string, AllowanceRate>;

/** Created with the first frame of its kind: most connections never need most of them. */
export class FloodLimits {
  readonly #now: () => number;
  #reset: Allowance | undefined;
  #streamError: Allowance | undefined;
  #settings: Allowance | undefined;
  #ping: Allowance | undefined;
  #priority: Allowance | undefined;
  #windowUpdate: Allowance | undefined;
  #emptyData: Allowance | undefined;
  /** Requests and DATA frames sent; the connection counts them here. */
  work = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Each method throws ConnectionError ENHANCE_YOUR_CALM above its limit. */
  reset(): void {
    this.#reset ??= new Allowance('reset_flood', rates.reset);
    this.#reset.spend(this.work, this.#now);
  }

  streamError(): void {
    this.#streamError ??= new Allowance('stream_error_flood', rates.streamError);
    this.#streamError.spend(this.work, this.#now);
  }

  settings(): void {
    this.#settings ??= new Allowance('settings_flood', rates.settings);
    this.#settings.spend(this.work, this.#now);
  }

  ping(): void {
    this.#ping ??= new Allowance('ping_flood', rates.ping);
    this.#ping.spend(this.work, this.#now);
  }

  priority(): void {
    this.#priority ??= new Allowance('priority_flood', rates.priority);
    this.#priority.spend(this.work, this.#now);
  }

  windowUpdate(): void {
    this.#windowUpdate ??= new Allowance('window_update_flood', rates.windowUpdate);
    this.#windowUpdate.spend(this.work, this.#now);
  }

  emptyData(): void {
    this.#emptyData ??= new Allowance('empty_data_flood', rates.emptyData);
    this.#emptyData.spend(this.work, this.#now);
  }
}
