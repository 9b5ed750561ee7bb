import { describe, expect, it } from 'vitest';
import {
  type Delivery,
  type Receipt,
  type Received,
  type Sink,
  type SinkSubject,
  sinkContract,
} from '../src/sink-contract.ts';

/** A system in memory that can be stopped, and a sink that keeps the contract unless a fault is put into it. */
class Memory {
  readonly held: Received[] = [];
  isUp = true;
  #lastIds = new Set<string>();

  /** @throws if it is down. @returns the rejected deliveries. */
  take(batch: readonly Delivery[]): number[] {
    if (!this.isUp) throw new Error('the memory is down');
    const refused: number[] = [];
    batch.forEach((delivery, index) => {
      if (delivery.target === 'refused') refused.push(index);
      else this.add(delivery);
    });
    return refused;
  }

  add({ id, key, body, contentType, attributes, format }: Delivery): void {
    if (this.#lastIds.has(id)) return;
    this.#lastIds.add(id);
    this.held.push({ id, key, body, contentType, ...(format === 'binary' && { attributes }) });
  }

  subject(sink: Partial<Sink> = {}): SinkSubject {
    const up = async () => {
      // Time for batches to come while it is down.
      await new Promise((resolve) => setTimeout(resolve, 20));
      this.isUp = true;
    };
    const down = async () => {
      this.isUp = false;
    };
    return {
      open: async () => ({ ...memorySink(this), ...sink }),
      read: async () => this.held,
      server: { start: up, stop: down, kill: down },
      ordering: 'per-key',
      duplicates: 'dropped',
      refuse: (delivery) => ({ ...delivery, target: 'refused' }),
      patience: 500,
    };
  }
}

function memorySink(memory: Memory): Sink {
  return {
    name: 'memory',
    async write(batch) {
      const rejected = memory.take(batch).map((index) => ({ index, reason: 'it says so' }));
      return rejected.length === 0 ? undefined : { rejected };
    },
    async check() {
      if (!memory.isUp) throw new Error('the memory is down');
    },
    async close() {},
  };
}

/** The titles of the cases that fail. */
async function failuresOf(subject: SinkSubject): Promise<string[]> {
  const failed: string[] = [];
  for (const { title, run } of sinkContract(subject)) {
    await run().catch(() => failed.push(title));
  }
  return failed;
}

const inOrder = 'delivers the events of a client in order';
const refused = 'reports an event that the system refuses, and delivers the others of its batch';
const killed = 'loses nothing when the system is killed in the midst of a batch';
const down = 'confirms nothing while the system is down, says so when asked, and continues when it is back';
const closed = 'is closed any number of times, used or not, and holds nothing afterwards';

describe('the contract of sinks', () => {
  it('is kept by a sink that does everything right', async () => {
    expect(await failuresOf(new Memory().subject())).toEqual([]);
  });

  it('has a unique title for each case', () => {
    const titles = sinkContract(new Memory().subject()).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  const faults: [string, string, (memory: Memory) => Partial<Sink>][] = [
    ['loses an event', inOrder, (memory) => ({ write: async (batch) => void memory.take(batch.slice(1)) })],
    [
      'writes backwards',
      inOrder,
      (memory) => ({ write: async (batch) => void memory.take([...batch].reverse()) }),
    ],
    [
      'changes a payload',
      'delivers raw payloads of any bytes unchanged',
      (memory) => ({
        write: async (batch) =>
          void memory.take(
            batch.map((one) => ({ ...one, body: Buffer.from(Buffer.from(one.body).toString()) })),
          ),
      }),
    ],
    [
      'decodes an attribute wrongly',
      'delivers client ids and topics that mean something elsewhere (binary) unchanged',
      (memory) => ({
        write: async (batch) =>
          void memory.take(batch.map((one) => ({ ...one, attributes: { ...one.attributes, subject: 'x' } }))),
      }),
    ],
    [
      'keeps what is refused to itself',
      refused,
      (memory) => ({ write: async (batch) => void memory.take(batch) }),
    ],
    [
      'rejects a batch for one event of it',
      refused,
      (memory) => ({
        async write(batch): Promise<Receipt | undefined> {
          if (!batch.some(({ target }) => target === 'refused')) return void memory.take(batch);
          return { rejected: batch.map((_, index) => ({ index, reason: 'one is bad' })) };
        },
      }),
    ],
    [
      'confirms what nobody received',
      killed,
      (memory) => ({
        async write(batch) {
          try {
            memory.take(batch);
          } catch {}
        },
      }),
    ],
    ['finds nothing wrong with a system that is down', down, () => ({ check: async () => {} })],
    [
      'waits for a system that is down, whatever the signal says',
      down,
      (memory) => ({
        async write(batch) {
          if (!memory.isUp) await new Promise(() => {});
          memory.take(batch);
        },
      }),
    ],
    [
      'does not come back',
      down,
      (memory) => {
        let isBroken = false;
        return {
          async write(batch) {
            isBroken ||= !memory.isUp;
            if (isBroken) throw new Error('broken');
            memory.take(batch);
          },
        };
      },
    ],
    [
      'cannot be closed twice',
      closed,
      () => {
        let closings = 0;
        return {
          async close() {
            if (++closings > 1) throw new Error('closed already');
          },
        };
      },
    ],
    [
      'leaves a timer behind',
      closed,
      () => {
        const timer = setInterval(() => {}, 1000);
        setTimeout(() => clearInterval(timer), 5000).unref();
        return {};
      },
    ],
  ];

  it.each(faults)('notices a sink that %s', async (_, title, fault) => {
    const memory = new Memory();
    const open = async () => ({ ...memorySink(memory), ...fault(memory) });
    expect(await failuresOf({ ...memory.subject(), open })).toContain(title);
  });

  it('notices duplicates where the system drops them', async () => {
    const memory = new Memory();
    memory.add = (delivery) => void memory.held.push(delivery, delivery);
    expect(await failuresOf(memory.subject())).toContain(inOrder);
  });

  it('notices if a wrong configuration is accepted, and if a secret is revealed', async () => {
    const memory = new Memory();
    const broken = { title: 'it is broken', says: /broken/, secrets: ['hunter2'] };
    const saying = (message: string | undefined) => async () => ({
      ...memorySink(memory),
      write: async () => Promise.reject(new Error('broken')),
      check: async () => (message === undefined ? undefined : Promise.reject(new Error(message))),
    });
    const title = 'confirms nothing and says what is wrong when it is broken';
    const failures = (message: string | undefined) =>
      failuresOf({ ...memory.subject(), broken: [{ ...broken, open: saying(message) }] });
    expect(await failures('it is broken')).not.toContain(title);
    expect(await failures(undefined)).toContain(title);
    expect(await failures('something else')).toContain(title);
    expect(await failures('broken: hunter2')).toContain(title);
  });
});
