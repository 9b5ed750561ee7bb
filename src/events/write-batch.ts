/** One batch into one sink: when it is through, what came of each delivery. */
import type { Delivery } from '../sinks/delivery.ts';
import type { IsWanted, Receipt, Sink } from '../sinks/sink.ts';
import type { Clock } from './clock.ts';

/** What is neither is confirmed. */
export interface BatchResult {
  /** Why nothing of the batch was confirmed. */
  readonly error?: unknown;
  /** The reasons of what will never be taken, by index. */
  readonly rejected: ReadonlyMap<number, string>;
  /** The indexes of what is to be tried again. */
  readonly unconfirmed: ReadonlySet<number>;
}

const allConfirmed: BatchResult = { rejected: new Map(), unconfirmed: new Set() };

/** Of a sink that cannot hang, which needs no limit. */
const never = new AbortController().signal;

/**
 * Tells `done` once: in the same turn when the sink is through at once.
 *
 * @param timeout milliseconds after which the batch has failed, whatever the sink still does; 0 is no limit.
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
    written = sink.write(batch, abort?.signal ?? never, isWanted);
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

/** Sinks of users may say anything: what is no index of the batch is passed over. */
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
