/** A spool in memory, which does what its interface says. */

import type { Position, SinkLog, Spool } from '../../src/events/spool/spool.ts';
import type { Delivery } from '../../src/sinks/delivery.ts';

interface Stored {
  readonly position: Position;
  readonly delivery: Delivery;
  isClaimed: boolean;
}

export interface FakeSpool extends Pick<Spool, 'sinkLog'> {
  /** The error of the disk from now on; unset if it works. */
  fail(error: Error | undefined): void;
  /** Holds every append back until it is let go. */
  hold(): () => void;
  idsOf(sink: string): { free: string[]; claimed: string[] };
}

export function aSpool(): FakeSpool {
  const logs = new Map<string, { log: SinkLog; stored: Stored[] }>();
  let failure: Error | undefined;
  let held: Promise<void> = Promise.resolve();

  function make(): { log: SinkLog; stored: Stored[] } {
    const stored: Stored[] = [];
    const listeners: (() => void)[] = [];
    let next = 1;
    const commit = async (): Promise<void> => {
      await held;
      await new Promise((resolve) => setImmediate(resolve));
      if (failure !== undefined) throw failure;
    };
    const log: SinkLog = {
      async append(deliveries, { claim = true, isWanted = () => true } = {}) {
        await commit();
        if (!isWanted()) return [];
        const added = deliveries.map((delivery) => ({ position: next++, delivery, isClaimed: claim }));
        stored.push(...added);
        if (!claim) for (const listener of listeners) listener();
        return added.map(({ position }) => position);
      },
      async claimNext(max) {
        await commit();
        const taken = stored.filter(({ isClaimed }) => !isClaimed).slice(0, max);
        for (const entry of taken) entry.isClaimed = true;
        return taken;
      },
      async confirm(positions) {
        await commit();
        for (const position of positions) {
          const at = stored.findIndex((entry) => entry.position === position);
          if (at >= 0) stored.splice(at, 1);
        }
      },
      async release(positions) {
        for (const entry of stored) if (positions.includes(entry.position)) entry.isClaimed = false;
      },
      get size() {
        return stored.length;
      },
      get bytes() {
        return stored.reduce((sum, { delivery }) => sum + delivery.body.byteLength, 0);
      },
      onAvailable(listener) {
        listeners.push(listener);
        setImmediate(listener);
      },
    };
    return { log, stored };
  }

  const logOf = (sink: string) => {
    const known = logs.get(sink) ?? make();
    logs.set(sink, known);
    return known;
  };
  return {
    sinkLog: (sink) => logOf(sink).log,
    fail(error) {
      failure = error;
    },
    hold() {
      let letGo = (): void => {};
      held = new Promise((resolve) => {
        letGo = resolve;
      });
      return letGo;
    },
    idsOf(sink) {
      const ids = (isClaimed: boolean) =>
        logOf(sink)
          .stored.filter((entry) => entry.isClaimed === isClaimed)
          .map(({ delivery }) => delivery.id);
      return { free: ids(false), claimed: ids(true) };
    },
  };
}
