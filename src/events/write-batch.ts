/** Writes one batch into a sink, and says what became of each delivery. */
import type { Delivery } from '../sinks/delivery.ts';
import type { IsWanted, Receipt, Sink } from '../sinks/sink.ts';
import type { Clock } from './clock.ts';
import type { Entry } from './entry.ts';

/** Deliveries that are neither rejected nor unconfirmed are confirmed. */
export interface BatchResult {
  /** Why nothing of the batch was confirmed. */
  readonly error?: unknown;
  /** Why the sink will never take a delivery, by index. */
  readonly rejected: ReadonlyMap<number, string>;
  /** The indexes of deliveries to retry. */
  readonly unconfirmed: ReadonlySet<number>;
}

export interface SortedBatch {
  readonly confirmed: readonly Entry[];
  /** With the reasons. */
  readonly rejected: readonly (readonly [Entry, string])[];
  readonly withdrawn: readonly Entry[];
  /** To retry. */
  readonly unconfirmed: readonly Entry[];
}

const allConfirmed: BatchResult = { rejected: new Map(), unconfirmed: new Set() };

/** For sinks that cannot hang. */
const neverAborted = new AbortController().signal;

/**
 * Calls `done` once: in the same turn if the sink is done at once.
 *
 * @param timeout milliseconds after which the batch has failed, whatever the sink still does; 0 means no limit.
 */
export function writeBatch(
  sink: Pick<Sink, 'write'>,
  batch: readonly Delivery[],
  timeout: number,
  clock: Pick<Clock, 'after'>,
  isWanted: IsWanted,
  done: (result: BatchResult) => void,
): void {
  const abort = timeout === 0 ? undefined : new AbortController();
  let written: ReturnType<Sink['write']>;
  try {
    written = sink.write(batch, abort?.signal ?? neverAborted, isWanted);
  } catch (error) {
    done({ ...allConfirmed, error });
    return;
  }
  if (written === undefined) {
    done(allConfirmed);
    return;
  }
  let isDone = false;
  const end = (result: BatchResult): void => {
    if (isDone) return;
    isDone = true;
    cancel?.();
    done(result);
  };
  const cancel =
    abort &&
    clock.after(timeout, () => {
      const error = new Error(`the sink confirmed nothing for ${timeout} ms (queue.retry.timeout)`);
      abort.abort(error);
      end({ ...allConfirmed, error });
    });
  Promise.resolve(written).then(
    (receipt) => end(readReceipt(receipt, batch.length)),
    (error) => end({ ...allConfirmed, error }),
  );
}

/** @param skipped withdrawn entries that the sink has left out. */
export function sortBatch(
  batch: readonly Entry[],
  result: BatchResult,
  skipped: ReadonlySet<Entry>,
  maxAttempts = Number.POSITIVE_INFINITY,
): SortedBatch {
  const { rejected: refused, unconfirmed: open } = result;
  const hasFailed = 'error' in result;
  if (!hasFailed && refused.size + open.size + skipped.size === 0)
    return { confirmed: batch, rejected: [], withdrawn: [], unconfirmed: [] };
  const confirmed: Entry[] = [];
  const rejected: [Entry, string][] = [];
  const withdrawn: Entry[] = [];
  const unconfirmed: Entry[] = [];
  for (const [i, entry] of batch.entries()) {
    const reason = refused.get(i);
    if (reason !== undefined) rejected.push([entry, reason]);
    else if (skipped.has(entry)) withdrawn.push(entry);
    else if (!hasFailed && !open.has(i)) confirmed.push(entry);
    else if (entry.isWithdrawn) withdrawn.push(entry);
    else if (entry.attempts < maxAttempts) unconfirmed.push(entry);
    else rejected.push([entry, `given up after ${entry.attempts} attempts (queue.retry.maxAttempts)`]);
  }
  return { confirmed, rejected, withdrawn, unconfirmed };
}

/** Sinks of users may return anything: anything but an index of the batch is ignored. */
function readReceipt(receipt: unknown, length: number): BatchResult {
  if (typeof receipt !== 'object' || receipt === null) return allConfirmed;
  const { rejected: refused = [], unconfirmed: open = [] } = receipt as Receipt;
  const isIndex = (index: unknown): boolean =>
    Number.isInteger(index) && Number(index) >= 0 && Number(index) < length;
  const rejected = new Map(
    refused.filter(({ index }) => isIndex(index)).map(({ index, reason }) => [index, `${reason}`]),
  );
  const unconfirmed = new Set(open.filter((index) => isIndex(index) && !rejected.has(index)));
  return { rejected, unconfirmed };
}
