/** Whatever a sink does: nothing is lost, nothing of one key is reordered, and the bounds hold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SinkPipeline } from '../../src/events/sink-pipeline.ts';
import type { Receipt } from '../../src/sinks/sink.ts';
import { aClock, aDelivery, aPipeline, aSink } from './support.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

/** The result of a batch. An unconfirmed part ends at the end of the batch, as in a log. */
const answer = fc.oneof(
  { weight: 4, arbitrary: fc.constant('take') },
  { weight: 2, arbitrary: fc.constant('fail') },
  { weight: 1, arbitrary: fc.constant('never answer') },
  { weight: 2, arbitrary: fc.record({ take: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ reject: fc.nat({ max: 5 }) }) },
);
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ push: fc.constantFrom(...KEYS) }) },
  { weight: 2, arbitrary: fc.record({ pass: fc.nat({ max: 500 }) }) },
  { weight: 1, arbitrary: fc.record({ hold: fc.constantFrom(...KEYS) }) },
);

interface Run {
  readonly pushed: { id: string; key: string }[];
  readonly taken: string[];
  readonly rejected: string[];
  readonly told: Map<string, boolean>;
  dropped: number;
  withdrawn: number;
}

async function run(
  steps: readonly (typeof step extends fc.Arbitrary<infer Value> ? Value : never)[],
  answers: readonly Answer[],
  queue: object,
  check: (pipeline: SinkPipeline) => void,
): Promise<Run> {
  const seen: Run = { pushed: [], taken: [], rejected: [], told: new Map(), dropped: 0, withdrawn: 0 };
  const left = [...answers];
  const clock = aClock(0.5);
  const sink = aSink();
  sink.write = async (batch): Promise<Receipt | undefined> => {
    const next = left.shift() ?? 'take';
    const ids = batch.map(({ id }) => id);
    if (next === 'fail') throw new Error('down');
    if (next === 'never answer') return await new Promise(() => {});
    if (typeof next === 'string') return void seen.taken.push(...ids);
    if ('take' in next) {
      seen.taken.push(...ids.slice(0, next.take));
      return { unconfirmed: ids.map((_, i) => i).slice(next.take) };
    }
    const index = Math.min(next.reject, ids.length - 1);
    seen.taken.push(...ids.filter((_, i) => i !== index));
    return { rejected: [{ index, reason: 'no' }] };
  };
  const bury = ({ id }: { readonly id: string }) => void seen.rejected.push(id);
  const { pipeline, seen: reported } = aPipeline(sink, { queue, clock, bury });
  let count = 0;
  for (const one of steps) {
    if ('pass' in one) await clock.pass(one.pass);
    else {
      const key = 'push' in one ? one.push : one.hold;
      const id = `${count++}`;
      seen.pushed.push({ id, key });
      if ('push' in one) pipeline.push(aDelivery(id, key), 100, 'drop-oldest');
      else {
        const entry = pipeline.push(aDelivery(id, key), 100, 'refuse', {
          patience: Number.POSITIVE_INFINITY,
          withdraws: true,
          settled: (failure) => seen.told.set(id, !failure),
        });
        if (entry === undefined) seen.dropped++;
      }
    }
    check(pipeline);
  }
  await clock.pass(600_000);
  check(pipeline);
  for (const [reason, events] of reported.dropped)
    if (reason === 'withdrawn') seen.withdrawn += events;
    else seen.dropped += events;
  return seen;
}

const queues = fc.record({
  concurrency: fc.integer({ min: 1, max: 4 }),
  batch: fc.record({ maxEvents: fc.integer({ min: 1, max: 6 }), linger: fc.constantFrom(0, 20) }),
  retry: fc.record({ min: fc.constant(10), max: fc.constant(100), timeout: fc.constant(200) }),
});

describe('for any sequence of successes, failures and partial confirmations', () => {
  it('every event arrives once, in the order of its key, or was rejected by the sink', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(answer, { maxLength: 30 }),
        queues,
        async (steps, answers, queue) => {
          const seen = await run(steps, answers, queue, () => {});
          expect([...seen.taken, ...seen.rejected].sort()).toEqual(seen.pushed.map(({ id }) => id).sort());
          for (const key of KEYS) {
            const ids = seen.pushed.filter((one) => one.key === key).map(({ id }) => id);
            const taken = seen.taken.filter((id) => ids.includes(id));
            expect(taken).toEqual(ids.filter((id) => !seen.rejected.includes(id)));
          }
          for (const [id, isSafe] of seen.told) expect(seen.taken.includes(id)).toBe(isSafe);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('the limits hold, and missing events were counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(answer, { maxLength: 30 }),
        queues,
        fc.integer({ min: 1, max: 8 }),
        async (steps, answers, queue, maxEvents) => {
          const seen = await run(
            steps,
            answers,
            { ...queue, maxEvents, maxBytes: 1024 },
            ({ queue: { memory } }) => {
              expect(memory.events).toBeLessThanOrEqual(maxEvents);
              expect(memory.bytes).toBeLessThanOrEqual(1024);
            },
          );
          expect(seen.taken.length + seen.rejected.length + seen.dropped).toBe(seen.pushed.length);
          expect(new Set(seen.taken).size).toBe(seen.taken.length);
          for (const key of KEYS) {
            const ids = seen.pushed.filter((one) => one.key === key).map(({ id }) => id);
            const taken = seen.taken.filter((id) => ids.includes(id));
            expect(taken).toEqual(ids.filter((id) => taken.includes(id)));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
