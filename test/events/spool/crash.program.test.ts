import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { useProcesses } from './processes.ts';
import { ALL, aDirectory, aSpool, idsOf, positionsOf } from './support.ts';

const start = useProcesses();
/** A death costs a second, and finds little that eight do not. */
const DEATHS = process.env.EXHOOK_TEST_LONG ? 50 : 8;
/** Another process writes as fast as it can meanwhile. */
const OPENINGS = 15;
const numberOf = (id: string) => Number(id.slice(1));

describe('processes of a spool that are killed', () => {
  it.each([false, true])(
    'lose nothing that was acknowledged, in any order of deaths (sync: %s)',
    async (sync) => {
      const directory = aDirectory();
      const acknowledged: Record<string, string[]> = { a: [], b: [] };
      const startFlood = async (name: string) => {
        const process = await start(directory, { sync });
        const known = acknowledged[name] ?? [];
        // Whatever was stored and not acknowledged keeps its number.
        process.tell('flood', name, 10 + Math.max(0, ...known.map(numberOf)) * 2);
        return process;
      };
      const collect = ({ said }: { said: unknown[] }, name: string) =>
        acknowledged[name]?.push(...said.filter(Array.isArray).flat());
      const floods = { a: await startFlood('a'), b: await startFlood('b') };
      for (let i = 0; i < DEATHS; i++) {
        const name = i % 2 === 0 ? 'a' : 'b';
        const flood = floods[name];
        await vi.waitFor(() => expect(flood.said.length).toBeGreaterThan(2), {
          timeout: 20_000,
          interval: 5,
        });
        await sleep(Math.random() * 20);
        await flood.kill();
        collect(flood, name);
        floods[name] = await startFlood(name);
      }
      for (const name of ['a', 'b'] as const) {
        await floods[name].kill();
        collect(floods[name], name);
      }

      const spool = await aSpool({ path: directory, sync, maxBytes: 2 ** 30 });
      const stored = idsOf(await spool.sinkLog('history').claimNext(...ALL));
      expect(spool.logged).toStrictEqual([]);
      const found = new Set(stored);
      const all = Object.values(acknowledged).flat();
      expect(all.length).toBeGreaterThan(5 * DEATHS);
      expect(all.filter((id) => !found.has(id))).toStrictEqual([]);
      expect(found.size).toBe(stored.length);
      for (const name of ['a', 'b']) {
        const numbers = stored.filter((id) => id.startsWith(name)).map(numberOf);
        expect(numbers).toStrictEqual([...numbers].sort((one, other) => one - other));
      }
    },
    120_000,
  );

  it('leave their claims to the other processes', async () => {
    const directory = aDirectory();
    const spool = await aSpool({ path: directory });
    const log = spool.sinkLog('history');
    const other = await start(directory);
    await other.ask('append', ['x1', 'x2', 'x3'], 'x', true);
    expect(log.size).toBe(3);
    expect(await log.claimNext(...ALL)).toStrictEqual([]);
    const [report] = spool.reports();
    expect(report).toMatchObject({ sink: 'history', count: 3, claimed: 3 });
    expect(report?.claimedBy).toStrictEqual([`process ${other.child.pid}`]);
    const told = new Promise<void>((resolve) => log.onAvailable(resolve));
    await other.kill();
    await told;
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(['x1', 'x2', 'x3']);
  });

  it('leave their claims to the next process', async () => {
    const directory = aDirectory();
    const first = await start(directory);
    await first.ask('append', ['x1', 'x2'], 'x', true);
    await first.kill();
    const second = await start(directory);
    expect(await second.ask('take', 10)).toMatchObject([{ id: 'x1' }, { id: 'x2' }]);
  });

  it('keep their claims while they are only stopped', async () => {
    const directory = aDirectory();
    const log = (await aSpool({ path: directory })).sinkLog('history');
    const other = await start(directory);
    await other.ask('append', ['x1'], 'x', true);
    other.child.kill('SIGSTOP');
    expect(await log.claimNext(...ALL)).toStrictEqual([]);
    other.child.kill('SIGCONT');
  });
});

describe('processes that share a spool', () => {
  it('never claim the same entry, and lose none', async () => {
    const directory = aDirectory();
    const log = (await aSpool({ path: directory })).sinkLog('history');
    const others = await Promise.all([start(directory), start(directory)]);
    const ids = Array.from({ length: 300 }, (_, i) => `n${i}`);
    for (const id of ids) await log.append([{ ...entry(id), key: `key ${id}` }], { claim: false });
    const taken: string[] = [];
    await Promise.all(
      others.map(async (other) => {
        for (;;) {
          const entries = await other.ask<{ position: number; id: string }[]>('take', 7);
          if (entries.length === 0) return;
          taken.push(...entries.map(({ id }) => id));
          await other.ask(
            'confirm',
            entries.map(({ position }) => position),
          );
        }
      }),
    );
    expect(taken.sort()).toStrictEqual([...ids].sort());
    expect(log.size).toBe(0);
  });

  it('deliver the entries of a key in order across processes', async () => {
    const directory = aDirectory();
    const log = (await aSpool({ path: directory })).sinkLog('history');
    const other = await start(directory);
    const append = (id: string, key: string) => log.append([{ ...entry(id), key }], { claim: false });
    await append('a1', 'a');
    await append('b1', 'b');
    const [first] = await other.ask<{ position: number }[]>('take', 1);
    await append('a2', 'a');
    await append('b2', 'b');
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(['b1', 'b2']);
    await other.ask('confirm', [first?.position]);
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(['a2']);
  });

  it('can claim at once what another releases when it closes', async () => {
    const directory = aDirectory();
    const log = (await aSpool({ path: directory })).sinkLog('history');
    const other = await start(directory);
    await other.ask('append', ['x1'], 'x', true);
    other.tell('close');
    await vi.waitFor(async () => {
      const taken = await log.claimNext(...ALL);
      expect(idsOf(taken)).toStrictEqual(['x1']);
      await log.confirm(positionsOf(taken));
    }, 20_000);
  });

  it('lose nothing while other processes start and stop', async () => {
    const directory = aDirectory();
    const flood = await start(directory);
    flood.tell('flood', 'f', 1);
    for (let i = 0; i < OPENINGS; i++) {
      const said = flood.said.length;
      const spool = await aSpool({ path: directory, maxBytes: 2 ** 30 });
      await spool.sinkLog('other').append([entry(`o${i}`)]);
      await spool.close();
      await vi.waitFor(() => expect(flood.said.length).toBeGreaterThan(said), {
        timeout: 20_000,
        interval: 2,
      });
    }
    await flood.kill();
    const spool = await aSpool({ path: directory, maxBytes: 2 ** 30 });
    const stored = new Set(idsOf(await spool.sinkLog('history').claimNext(...ALL)));
    const acknowledged = flood.said.filter(Array.isArray).flat();
    expect(acknowledged.filter((id) => !stored.has(id))).toStrictEqual([]);
    expect(spool.sinkLog('other').size).toBe(OPENINGS);
  }, 60_000);

  it('can open it all at once', async () => {
    const directory = aDirectory();
    const all = await Promise.all(Array.from({ length: 4 }, () => start(directory)));
    await Promise.all(all.map((one, i) => one.ask('append', [`n${i}`], 'n', true)));
    expect(await all[0]?.ask('size')).toBe(4);
    await Promise.all(all.map((one) => one.kill()));
    const again = await Promise.all(Array.from({ length: 4 }, () => start(directory)));
    const taken = await Promise.all(again.map((one) => one.ask<{ id: string }[]>('take', 10)));
    expect(
      taken
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toStrictEqual(['n0', 'n1', 'n2', 'n3']);
  });
});

function entry(id: string) {
  return {
    id,
    key: '',
    format: 'raw' as const,
    contentType: '',
    attributes: {},
    body: new Uint8Array(),
  };
}
