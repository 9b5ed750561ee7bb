/**
 * The spool: a queue on disk for what sinks have not confirmed. It outlives this process, is shared by the
 * processes of one machine, and replays what a dead process left behind. docs/spool.md says what it promises.
 *
 * Each sink has a log in it, which only grows at its end: `SinkLog`.
 */
import type { Logger } from '../../log/log.ts';
import type { Delivery } from '../../sinks/delivery.ts';
import type { Position } from './records.ts';
import type { SinkLogReport } from './report.ts';

export type { Position } from './records.ts';
export type { SinkLogReport } from './report.ts';

export interface SpoolOptions {
  /** The directory, absolute. */
  readonly path: string;
  /** The limit for all entries together, as they are stored. */
  readonly maxBytes: number;
  /** Whether an append waits for the disk, so that it outlives a crash of the machine too. */
  readonly sync: boolean;
}

export interface SpoolWorld {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface SpoolEntry {
  /** Names the entry in `confirm` and `release` of its log. */
  readonly position: Position;
  /** As it was appended, without its event. */
  readonly delivery: Delivery;
}

export interface AppendOptions {
  /** Whether this process is about to deliver them itself. Default: true. */
  readonly claim?: boolean;
  /** Asked before and after the commit: false when a publisher was told meanwhile that they are not stored. Default: true. */
  readonly isWanted?: () => boolean;
}

/**
 * The entries of one sink, in order. Each is free, or claimed by a process; claims of a dead process are void.
 *
 * Every method but the getters rejects with a Failure: `sink_failed` when the disk is full or fails, or the spool
 * is closed. Then nothing has changed.
 */
export interface SinkLog {
  /**
   * Resolves when the deliveries outlive this process and, with `sync`, a power failure. All or none are stored. Calls
   * that wait at the same time share one commit.
   *
   * @returns their positions; none if they are not wanted any more, and then none is stored.
   * @throws Failure `sink_full` when `maxBytes` would be exceeded.
   */
  append(deliveries: readonly Delivery[], options?: AppendOptions): Promise<readonly Position[]>;
  /**
   * Claims and returns the oldest free entries, in order: at least one, if there is one, and no more than the
   * limits. An entry is not free while another process has claimed an older one of its key; older ones of this process
   * do not matter, since it keeps its own in order.
   */
  claimNext(max: number, maxBytes: number): Promise<readonly SpoolEntry[]>;
  /** Removes entries that are delivered, or never will be. Unknown positions are ignored. */
  confirm(positions: readonly Position[]): Promise<void>;
  /** Gives claimed entries up: any process can then claim them. */
  release(positions: readonly Position[]): Promise<void>;
  /** Number of entries, of all processes. */
  readonly size: number;
  /** The part of `maxBytes` that they take. */
  readonly bytes: number;
  /**
   * Calls back when there may be something to claim: at once after an append without claim or a release by this
   * process, and within about a second after those of others, after the death of a process, and after registration.
   */
  onAvailable(listener: () => void): void;
}

export interface Spool {
  /** The same object for the same name. */
  sinkLog(sink: string): SinkLog;
  /** What the spool holds for every sink, and which processes deliver it. Reads every claim. */
  reports(): readonly SinkLogReport[];
  /** How much the spool holds for every sink. Cheap. */
  totals(): readonly Pick<SinkLogReport, 'sink' | 'count' | 'bytes'>[];
  /**
   * Removes the entries of one sink, or of all.
   *
   * @param options.force also entries that another living process has claimed. Default: they stay.
   */
  purge(sink?: string, options?: { force?: boolean }): Promise<{ removed: number; kept: number }>;
  /** Waits for operations in progress and releases all claims of this process. An empty spool leaves no file. */
  close(): Promise<void>;
}
