/** docs/logs.md is the schema of the log: every field of every line is in its table. */
import { describe, expect, it } from 'vitest';
import { Tally } from '../../src/events/tally.ts';
import { createLogger, type Logger } from '../../src/log/log.ts';
import { Failure, failureCodes } from '../../src/protocol/failure.ts';
import type { Decision } from '../../src/protocol/schema/decision.ts';
import { deny } from '../../src/protocol/schema/replies.ts';
import { createCallLog } from '../../src/telemetry/call-log.ts';
import { createDecisionLog } from '../../src/telemetry/decision-log.ts';
import { createDecisionNotes } from '../../src/telemetry/decision-notes.ts';
import { createFailureLog } from '../../src/telemetry/failure-log.ts';
import { aClient, aMeta } from '../support/inputs.ts';
import { publishInput } from '../support/messages.ts';
import { rpcFor } from '../support/runtime.ts';
import { findUndocumented, readDocumentedFields } from './log-fields.ts';
import { findLoggedFields } from './log-source.ts';

const fields = readDocumentedFields();
const names = new Set(fields.map(({ name }) => name));

async function recordsOf(work: (log: Logger) => void): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  work(await createLogger({ level: 'trace', format: 'json', env: {} }, stream));
  return lines.map((line) => JSON.parse(line));
}

async function expectDocumented(work: (log: Logger) => void): Promise<void> {
  const records = await recordsOf(work);
  expect(records.length).toBeGreaterThan(0);
  expect(records.flatMap((record) => findUndocumented(record, fields))).toEqual([]);
}

const topicInput = { clientinfo: aClient(), type: 1, topic: 't/#', result: true, meta: aMeta() } as const;
const decision: Decision = {
  verdict: 'deny',
  by: 'rule 1',
  reason: 'a rule denies it',
  isShadow: true,
  isFailure: true,
  notes: [{ variable: 'clientid', reason: 'holds a "+"' }],
  conditions: [{ rule: 'rule 2', reason: 'is not true or false' }],
};

describe('the table of docs/logs.md', () => {
  it('lists each field once, with a type and a meaning', () => {
    expect(fields.length).toBeGreaterThan(40);
    expect(names.size).toBe(fields.length);
    for (const { type, meaning } of fields) expect([type, meaning]).not.toContain('');
  });

  it('has every field that the source names in a call of the log', () => {
    const logged = findLoggedFields();
    expect(logged.length).toBeGreaterThan(40);
    expect(logged.filter(({ name }) => !names.has(name))).toEqual([]);
  });

  it('finds missing fields, and fields of another type', () => {
    expect(findUndocumented({ code: 1, err: { config: 'x' }, conditions: [{ rool: 'x' }] }, fields)).toEqual([
      'code is no text',
      'err.config is not in docs/logs.md',
      'conditions[].rool is not in docs/logs.md',
    ]);
  });
});

describe('every field is documented, and of its type,', () => {
  it('of the decision log', async () => {
    await expectDocumented((log) => {
      const write = createDecisionLog(log, { log: 'all', sample: 1 });
      write(rpcFor('client.authorize'), topicInput, decision, '1-abc', 0.02);
      write(
        rpcFor('message.publish'),
        publishInput({ topic: 'a/b' }),
        { ...decision, verdict: 'drop' },
        '1-abc',
        1,
      );
    });
  });

  it('of the decision log: the id of a message does not hide the text', async () => {
    const sent = publishInput({ topic: 'a/b' });
    const [record] = await recordsOf((log) =>
      createDecisionLog(log, { log: 'all', sample: 1 })(rpcFor('message.publish'), sent, decision, '1-a', 1),
    );
    expect(record).toMatchObject({ message: 'would be denied', messageid: sent.message.id });
  });

  it('of notes on decisions', async () => {
    await expectDocumented((log) =>
      createDecisionNotes(log).note(rpcFor('client.authorize'), topicInput, decision),
    );
  });

  it('of failures', async () => {
    await expectDocumented((log) => {
      const write = createFailureLog(log, (_, line) => line(2));
      for (const code of failureCodes)
        write(rpcFor('client.connect'), new Failure(code, 'x', { cause: new TypeError('y') }));
      write(undefined, new Failure('unknown_method', 'x'));
    });
  });

  it('of calls', async () => {
    await expectDocumented((log) => {
      const calls = createCallLog(log);
      calls.decided(rpcFor('client.authorize'), topicInput, { reply: deny('x') });
      calls.decided(rpcFor('message.publish'), publishInput({ topic: 'a/b' }), { reply: deny('x') });
      calls.decided(rpcFor('provider.unloaded'), { meta: aMeta() }, { reply: deny('x') });
      calls.failed(rpcFor('client.connect'), new Failure('deadline', 'x'));
      calls.failed(undefined, new Failure('unknown_method', 'x'));
    });
  });

  it('of sinks', async () => {
    await expectDocumented((log) => {
      const tally = new Tally('history', log, (_, line) => line(1));
      tally.dropped('full', 3);
      tally.failed(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 3);
      tally.recovered();
      tally.rejected('too large', false);
      tally.lostDeadLetter(new Error('x'));
      tally.unconfirmed('pass', 'sink_failed');
      tally.spoolFailed(new Error('x', { cause: 'thrown' }));
      tally.unreachable(new Error('x'));
      tally.closeFailed('thrown');
    });
  });
});

describe('the log of calls', () => {
  it('says at debug how each call was answered, and of which client', async () => {
    const records = await recordsOf((log) =>
      createCallLog(log).decided(rpcFor('client.authorize'), topicInput, { reply: deny('x') }),
    );
    expect(records).toMatchObject([
      {
        severity: 'DEBUG',
        hook: 'client.authorize',
        protocol: 'v3',
        node: 'emqx@127.0.0.1',
        clientid: 'sub-a',
        topic: 't/#',
        answer: 'deny',
        message: 'a call was decided',
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('alice');
  });

  it('says nothing at info, and something as soon as the level has changed', async () => {
    const records = await recordsOf((log) => {
      const calls = createCallLog(log);
      const failure = new Failure('deadline', 'x');
      log.level = 'info';
      calls.failed(undefined, failure);
      log.level = 'debug';
      calls.failed(undefined, failure);
    });
    expect(records).toMatchObject([{ hook: 'none', code: 'deadline', message: 'a call failed' }]);
  });
});
