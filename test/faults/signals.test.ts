/** Signals under load, against the built server. */
import { describe, expect, it } from 'vitest';
import { startServer } from '../program/support/program.ts';
import { callPlain, until } from '../transport/fault-support.ts';
import { RawClient } from '../transport/raw-client.ts';
import { report, startLanes, sum } from './load.ts';

const ENOUGH = 3_000;

describe('SIGTERM under load', () => {
  it.each([
    ['off', 1],
    ['json', 1],
    ['off', 2],
    ['json', 2],
  ])('loses no call and takes none twice, with events %s and %d workers', async (events, workers) => {
    const server = await startServer(['--events-stdout', events, '--workers', String(workers)]);
    await server.stderr.until('all workers listen', ({ lines }) => lines.length >= workers);
    const lanes = startLanes(server.url);
    await until(() => lanes.every(({ tally }) => tally.answered.length > ENOUGH / lanes.length));
    const exit = await server.stop('SIGTERM');
    await Promise.all(lanes.map(({ over }) => over));
    const { answered, unsent, lost } = sum(lanes);
    report(`SIGTERM, events ${events}, ${workers} workers`, {
      answered: answered.length,
      unsent,
      lost: lost.length,
    });
    expect(exit).toStrictEqual({ code: 0, signal: null });
    expect(lost).toStrictEqual([]);
    if (events === 'json') {
      const told = server.stdout.lines.map((line) => String(JSON.parse(line).subject));
      // Each answered call was published, once; nothing else was.
      expect(told.toSorted()).toStrictEqual(answered.toSorted());
    }
    const late = new RawClient(server.url);
    await expect(callPlain(late)).rejects.toThrow();
  });
});

describe('SIGKILL of a worker under load', () => {
  it('hurts its own connections only, and it comes back', async () => {
    const server = await startServer(['--events-stdout', 'off', '--workers', '2']);
    const listening = () =>
      server.log.filter(({ message }) => message.startsWith('listening on ')).map(({ pid }) => Number(pid));
    await server.stderr.until('both workers listen', () => listening().length === 2);
    const lanes = startLanes(server.url);
    const enough = () => lanes.every(({ tally }) => tally.answered.length > ENOUGH / lanes.length);
    await until(enough);
    process.kill(listening()[0] as number, 'SIGKILL');
    await server.logged(/a worker died and is restarted/);
    await until(() => lanes.some(({ isBroken }) => isBroken));
    const others = lanes.filter(({ isBroken }) => !isBroken);
    expect(others.length).toBeGreaterThan(0);
    const before = sum(others).answered.length;
    await until(() => sum(others).answered.length > before + ENOUGH);
    await server.stderr.until('a new worker listens', () => listening().length === 3);
    expect(new Set(listening()).size).toBe(3);
    const fresh = startLanes(server.url);
    await until(() => fresh.every(({ tally }) => tally.answered.length > 0));
    const broken = lanes.filter(({ isBroken }) => isBroken);
    await Promise.all([...others, ...fresh].map((lane) => lane.stop()));
    await Promise.all(broken.map(({ over }) => over));
    report('SIGKILL of one of two workers', {
      broken: broken.length,
      lostThere: sum(broken).lost.length,
      others: others.length,
      answeredThere: sum(others).answered.length,
      lostOfOthers: sum(others).lost.length,
    });
    expect(sum([...others, ...fresh]).lost).toStrictEqual([]);
    expect(sum([...others, ...fresh]).unsent).toBe(0);
    // At most the calls in flight.
    for (const { tally } of broken) expect(tally.lost.length).toBeLessThanOrEqual(16);
    expect(await server.stop('SIGTERM')).toStrictEqual({ code: 0, signal: null });
  });
});
