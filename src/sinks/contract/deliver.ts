/** Replaces the outbox in the suite: writes in batches and retries unconfirmed deliveries. */
import assert from 'node:assert/strict';
import { sleep } from '../../lib/sleep.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import type { Delivery } from '../delivery.ts';
import type { Receipt, Sink } from '../sink.ts';

export interface Outcome {
  readonly confirmed: Delivery[];
  readonly rejected: { readonly delivery: Delivery; readonly reason: string }[];
  /** Batches of which nothing was confirmed. */
  failures: number;
}

export interface DeliverOptions {
  /** Deliveries in a batch. Default: 20. */
  readonly batch?: number;
  /** Milliseconds within which everything must be confirmed. */
  readonly patience: number;
  /** Milliseconds that one batch may take. Default: 3,000. */
  readonly timeout?: number;
  /** Called after each batch, whatever its result. */
  readonly wrote?: (outcome: Outcome) => void;
}

/** Milliseconds before a retry. */
const PAUSE = 50;

/** Delivers all, in order, one batch at a time. @throws AssertionError if it takes longer than `patience`. */
export async function deliver(
  sink: Sink,
  deliveries: readonly Delivery[],
  options: DeliverOptions,
): Promise<Outcome> {
  const { batch: size = 20, patience, timeout = 3000, wrote } = options;
  const outcome: Outcome = { confirmed: [], rejected: [], failures: 0 };
  const end = performance.now() + patience;
  let left = [...deliveries];
  let lastError: unknown;
  while (left.length > 0) {
    assert.ok(performance.now() < end, `${left.length} deliveries are left: ${lastError}`);
    const batch = left.slice(0, size);
    const result = await writeOnce(sink, batch, Math.min(timeout, patience), patience);
    const again = sort(batch, result, outcome);
    left = [...again, ...left.slice(size)];
    if (again.length === batch.length) outcome.failures++;
    if ('error' in result) lastError = result.error;
    wrote?.(outcome);
    if (again.length > 0) await sleep(PAUSE);
  }
  return outcome;
}

/** @returns the deliveries to retry. */
function sort(batch: readonly Delivery[], result: Written, outcome: Outcome): Delivery[] {
  if ('error' in result) return [...batch];
  const reasons = new Map((result.receipt?.rejected ?? []).map(({ index, reason }) => [index, reason]));
  const unconfirmed = new Set(result.receipt?.unconfirmed ?? []);
  return batch.filter((delivery, i) => {
    const reason = reasons.get(i);
    if (reason !== undefined) outcome.rejected.push({ delivery, reason });
    else if (!unconfirmed.has(i)) outcome.confirmed.push(delivery);
    return reason === undefined && unconfirmed.has(i);
  });
}

export type Written = { readonly receipt: Receipt | undefined } | { readonly error: unknown };

/**
 * Writes once, with any result.
 *
 * @param timeout milliseconds after which the signal is aborted.
 * @param patience milliseconds after that within which the write must settle.
 */
export async function writeOnce(
  sink: Sink,
  batch: readonly Delivery[],
  timeout: number,
  patience: number,
): Promise<Written> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error('the batch took too long')), timeout);
  try {
    return { receipt: await settled('write()', write(sink, batch, abort.signal), timeout + patience) };
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return { error };
  } finally {
    clearTimeout(timer);
  }
}

/** Treats a synchronous error like any other. */
export async function write(
  sink: Sink,
  batch: readonly Delivery[],
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  return (await sink.write(batch, signal)) ?? undefined;
}

/** @throws AssertionError if the work does not settle within that many milliseconds. */
export async function settled<T>(what: string, work: T | Promise<T>, patience: number): Promise<T> {
  const message = `${what} neither succeeded nor failed in ${patience} ms`;
  return await withTimeout(Promise.resolve(work), patience, () => {
    throw new assert.AssertionError({ message });
  });
}

/** Whether the write has confirmed none of the batch. */
export function hasConfirmedNothing(written: Written, size: number): boolean {
  if ('error' in written) return true;
  return new Set(written.receipt?.unconfirmed ?? []).size === size;
}
