import { describe, expect, it } from 'vitest';
import { CallRecord } from '../../../src/inspector/tap/call-record.ts';
import { ChangeLog } from '../../../src/inspector/tap/change-log.ts';
import { ClientTable, MAX_CLIENTS } from '../../../src/inspector/tap/client-table.ts';
import { stateOf } from '../../../src/inspector/tap/event-record.ts';
import { EventRecords } from '../../../src/inspector/tap/event-records.ts';
import { CallSeries, MAX_POINTS } from '../../../src/inspector/tap/series.ts';
import type { Decision } from '../../../src/protocol/schema/decision.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';
import { allow, deny } from '../../../src/protocol/schema/replies.ts';
import type { HookInput } from '../../../src/protocol/schema/requests.ts';
import { aClient, inputs } from '../../support/inputs.ts';
import { rpcFor } from '../../support/runtime.ts';

function aRecord(hook: HookName, clientid: string, change: Partial<CallRecord> = {}): CallRecord {
  const input = { ...inputs()[hook], clientinfo: aClient({ clientid }) } as HookInput;
  return Object.assign(new CallRecord(rpcFor(hook), 1, 0, 0), { input, reply: allow() }, change);
}

describe('the table of clients', () => {
  it('has tags of the last login, the last refusal, and whether a client is connected', () => {
    const table = new ClientTable();
    const grant = { tags: { site: 'berlin' }, rules: [1, 2] };
    const login: Decision = { verdict: 'allow', by: 'users', reason: 'recognised', isShadow: false, grant };
    table.note(aRecord('client.authenticate', 'c', { decision: login, seq: 4 }));
    table.note(aRecord('client.connected', 'c'));
    const refusal: Decision = { verdict: 'deny', by: 'rule 2', reason: 'a rule denies it', isShadow: false };
    table.note(aRecord('client.authorize', 'c', { reply: deny('no'), decision: refusal, seq: 6 }));
    expect(table.get('c')).toMatchObject({
      calls: 3,
      refused: 1,
      isConnected: true,
      login: { by: 'users', seq: 4, tags: { site: 'berlin' }, grants: 2 },
      lastRefusal: { seq: 6, by: 'rule 2', hook: 'client.authorize' },
    });
    table.note(aRecord('client.disconnected', 'c'));
    expect(table.get('c')?.isConnected).toBe(false);
  });

  it('keeps 5,000 clients, forgets those that were not seen again, and bounds their names and tags', () => {
    const table = new ClientTable();
    for (let i = 0; i < MAX_CLIENTS; i++) table.note(aRecord('client.connected', `c${i}`));
    for (let i = 0; i < 3; i++) {
      table.note(aRecord('client.connected', `new${i}`));
      table.note(aRecord('client.connected', 'c0'));
    }
    expect(table.size).toBe(MAX_CLIENTS);
    expect(table.get('c0')).toBeDefined();
    table.note(aRecord('client.connected', 'x'.repeat(65_000)));
    expect(table.get('x'.repeat(65_000))?.clientid.length).toBeLessThan(300);
    const grant = { tags: { big: 'y'.repeat(100_000), small: 'z' } };
    const login: Decision = { verdict: 'allow', by: 'jwt', reason: '', isShadow: false, grant };
    table.note(aRecord('client.authenticate', 'big', { decision: login }));
    expect(JSON.stringify(table.get('big')).length).toBeLessThan(2000);
  });
});

describe('the series', () => {
  const sample = { loopDelay: 1, inFlight: 2, queued: 3, spooled: 4 };

  it('counts the calls of each second by hook and verdict, with p50 and p99 within a tenth', () => {
    const series = new CallSeries();
    for (let i = 1; i <= 100; i++)
      series.count(aRecord('client.authorize', 'c', { ms: i, reply: i > 90 ? deny('no') : allow() }));
    series.close(1000, sample);
    series.close(2000, sample);
    const [first, second] = series.since(0);
    expect(first).toMatchObject({
      t: 1000,
      calls: { 'client.authorize': 100 },
      verdicts: { allow: 90, deny: 10 },
      ...sample,
    });
    expect(first?.p50).toBeGreaterThan(45);
    expect(first?.p50).toBeLessThan(55);
    expect(first?.p99).toBeGreaterThan(90);
    expect(first?.p99).toBeLessThan(110);
    expect(second).toEqual({ t: 2000, calls: {}, verdicts: {}, lookups: 0, ...sample });
    expect(series.since(1000)).toHaveLength(1);
  });

  it('keeps 15 minutes', () => {
    const series = new CallSeries();
    for (let t = 1; t <= MAX_POINTS + 10; t++) series.close(t, sample);
    expect(series.since(0)).toHaveLength(MAX_POINTS);
    expect(series.since(0)[0]?.t).toBe(11);
  });
});

describe('the log of changes', () => {
  it('remembers nothing without a reader, and gives each call once', () => {
    const log = new ChangeLog();
    const call = aRecord('client.connected', 'c');
    log.add([call]);
    const reader = log.open();
    expect(reader.read().size).toBe(0);
    log.add([call, call]);
    expect([...reader.read()]).toEqual([call]);
    expect(reader.read().size).toBe(0);
    for (let i = 0; i < 10_000; i++) log.add([aRecord('client.connected', `c${i}`)]);
    expect(reader.read().size).toBeLessThanOrEqual(4096);
    reader.close();
    reader.close();
  });
});

describe('events', () => {
  function open() {
    let current: CallRecord | undefined;
    const changed: CallRecord[] = [];
    const records = new EventRecords({
      current: () => current,
      changed: (calls) => changed.push(...calls),
      now: () => 5,
    });
    const report = (call: CallRecord, id: string) => {
      current = call;
      records.stamped({ id, type: 't', time: 1 });
      current = undefined;
    };
    return { records, changed, report };
  }

  it('have the last state at each sink, and leave with their last call', () => {
    const { records, changed, report } = open();
    const [first, second] = [aRecord('client.connected', 'c'), aRecord('client.connected', 'c')];
    report(first, 'e');
    report(second, 'e');
    expect([first.isDuplicate, second.isDuplicate]).toEqual([false, true]);
    const sink = records.sink('kafka');
    const entry = { delivery: { id: 'e' } };
    sink.queued(entry.delivery);
    sink.sending([entry]);
    sink.retrying([entry]);
    sink.sending([entry]);
    sink.delivered([entry]);
    sink.delivered([{ delivery: { id: 'unknown' } }]);
    const [at] = records.get('e')?.sinks ?? [];
    expect(at && stateOf(at)).toBe('delivered');
    expect(at).toMatchObject({ sink: 'kafka', attempts: 2 });
    expect(changed).toContain(first);
    records.forget(first);
    expect(records.get('e')?.calls).toEqual([second]);
    records.forget(second);
    expect(records.size).toBe(0);
  });

  it('are bounded for each call, and so are their steps', () => {
    const { records, report } = open();
    const call = aRecord('client.connected', 'c');
    for (let i = 0; i < 100; i++) report(call, `e${i}`);
    report(call, 'x'.repeat(10_000));
    expect(call.events?.length).toBe(32);
    const sink = records.sink('kafka');
    for (let i = 0; i < 1000; i++) sink.retrying([{ delivery: { id: 'e0' } }]);
    expect(records.get('e0')?.sinks[0]?.steps.length).toBe(16);
  });

  it('that a sink fails with show no secret of its error', () => {
    const { records } = open();
    const sink = records.sink('kafka');
    sink.failed(new Error('cannot reach https://user:hunter2-of-the-sink@host/path?token=abcdef'));
    expect(records.notes.get('kafka')?.lastError?.message).toContain('cannot reach');
    expect(records.notes.get('kafka')?.lastError?.message).not.toMatch(/hunter2|abcdef/);
  });
});
