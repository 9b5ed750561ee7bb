import { describe, expect, it } from 'vitest';
import { watchRequired } from '../../src/events/required.ts';
import { SinkPipeline } from '../../src/events/sink-pipeline.ts';
import { Tally } from '../../src/events/tally.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { Health } from '../../src/transport/health.ts';
import { aClock, aSink, opened } from './support.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

function aPort(check: Sink['check'], isRequired = true): SinkPipeline {
  const sink = { ...aSink('fast', 'a'), ...(check && { check }) };
  const tally = new Tally('a', log as never, () => {});
  return new SinkPipeline(opened(sink, {}, { isRequired }), {
    clock: aClock(),
    tally,
    sinkLog: undefined,
    bury: () => {},
  });
}

const watch = (ports: SinkPipeline[], changed: (obstacle: string | undefined) => void) =>
  watchRequired({ ports, changed, interval: 1, timeout: 50 });

describe('required sinks', () => {
  it('keep the server from being ready whenever they cannot be reached', async () => {
    let isUp = false;
    const health = new Health([]);
    health.isServing = true;
    const states: (string | undefined)[] = [];
    const port = aPort(async () => {
      if (!isUp) throw new Error('down');
    });
    const required = watch([port], (obstacle) => {
      health.obstacle = obstacle;
      states.push(obstacle);
    });
    expect(health.isReady).toBe(false);
    await expect.poll(() => states.at(-1)).toBe('the sink a cannot be reached');
    isUp = true;
    await expect.poll(() => health.isReady).toBe(true);
    isUp = false;
    await expect.poll(() => health.isReady).toBe(false);
    required?.close();
    expect(health.isServing).toBe(true);
  });

  it('that never answer keep the server from being ready', async () => {
    const states: (string | undefined)[] = [];
    const required = watch([aPort(() => new Promise(() => {}))], (obstacle) => states.push(obstacle));
    await expect.poll(() => states.at(-1)).toBe('the sink a cannot be reached');
    required?.close();
  });

  it('are the only sinks that are checked', () => {
    const never = async () => {
      throw new Error('asked');
    };
    expect(watch([aPort(never, false), aPort(undefined)], () => {})).toBeUndefined();
  });
});
