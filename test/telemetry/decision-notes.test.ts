import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/protocol/schema/decision.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { createDecisionNotes } from '../../src/telemetry/decision-notes.ts';
import { publishInput } from '../support/messages.ts';
import { rpcFor } from '../support/runtime.ts';

const decision: Decision = { verdict: 'pass', by: 'r', reason: 'why', isShadow: false };

function notesOf() {
  const lines: unknown[][] = [];
  const notes = createDecisionNotes({ warn: (...line: unknown[]) => void lines.push(line) });
  return { notes, lines };
}

describe('what went wrong on the way to a decision', () => {
  const message = publishInput({ from: 'c1' });

  it('is nothing for most', () => {
    const { notes, lines } = notesOf();
    notes.note(rpcFor('message.publish'), message, decision);
    expect([lines, notes.counts]).toStrictEqual([[], { conditions: {}, rules: {} }]);
  });

  it('is logged and counted, by hook', () => {
    const { notes, lines } = notesOf();
    const conditions = [{ rule: 'hot', reason: 'divides by zero' }];
    notes.note(rpcFor('message.publish'), message, { ...decision, conditions });
    notes.note(rpcFor('message.publish'), message, { ...decision, isFailure: true });
    notes.note(rpcFor('client.authorize'), { clientinfo: { clientid: 'c2' } } as HookInput, {
      ...decision,
      conditions,
      notes: [{ variable: 'clientid', reason: 'is empty' }],
    });
    expect(notes.counts).toStrictEqual({
      conditions: { 'message.publish': 1, 'client.authorize': 1 },
      rules: { 'message.publish': 1 },
    });
    expect(lines).toStrictEqual([
      [{ clientid: 'c1', times: 1 }, 'rule "hot" was passed over: when divides by zero'],
      [{ clientid: 'c1', times: 1 }, 'rule "r" could not be applied: why'],
      [{ clientid: 'c2', times: 1 }, 'rules with ${clientid} were passed over: its value is empty'],
    ]);
  });

  it('is one line a second of a kind, and every one counts', () => {
    const { notes, lines } = notesOf();
    for (let i = 0; i < 100; i++)
      notes.note(rpcFor('message.publish'), message, { ...decision, isFailure: true });
    expect(lines.length).toBeLessThan(3);
    expect(notes.counts.rules).toStrictEqual({ 'message.publish': 100 });
  });
});
