import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeIssues, schemas } from '../../../src/protocol/schema/compiled.ts';
import { Event } from '../../../src/protocol/schema/event.ts';
import { hookNames } from '../../../src/protocol/schema/hook-name.ts';
import { replies } from '../../../src/protocol/schema/replies.ts';
import { requests } from '../../../src/protocol/schema/requests.ts';
import { aCredential, aMessage, inputs, SECRET } from '../../support/inputs.ts';

/** Anything, most of it nearly right: real field names with real and wrong values. */
function near(sample: unknown): fc.Arbitrary<unknown> {
  const wrong = fc.oneof(fc.anything({ maxDepth: 1 }), fc.constantFrom('', 'x', 0, 1, 2, 3, -1, 1n, true));
  if (Array.isArray(sample))
    return fc.oneof({ weight: 4, arbitrary: fc.array(near(sample[0]), { maxLength: 3 }) }, wrong);
  if (typeof sample !== 'object' || sample === null || sample instanceof Uint8Array)
    return fc.oneof({ weight: 30, arbitrary: fc.constant(sample) }, wrong);
  const shape = Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, near(value)]));
  const requiredKeys = Object.keys(shape).filter((_, index) => index % 4 !== 3) as never[];
  const record = fc.record({ ...shape, surplus: fc.anything({ maxDepth: 0 }) }, { requiredKeys });
  return fc.oneof({ weight: 20, arbitrary: record }, wrong);
}

const outcomes = [
  { reply: { kind: 'observed' }, events: [{ id: 'i', type: 't', subject: 's', data: {} }] },
  { reply: { kind: 'deny', reason: 'r' } },
  { reply: { kind: 'rewrite', topic: 't/a', qos: 1, payload: Uint8Array.of(1) }, events: [] },
  { reply: { kind: 'drop', reason: 'r' } },
  { reply: { kind: 'loaded', hooks: [{ name: 'message.publish', topics: ['t'] }] } },
];

/** The same result: the same data, or the same problems in the same words. */
function expectSame(compiled: z.ZodType, plain: z.ZodType, value: unknown): void {
  const [left, right] = [compiled.safeParse(value), plain.safeParse(value)];
  expect(left.success).toBe(right.success);
  expect(left.data).toStrictEqual(right.data);
  expect(left.error && describeIssues(left.error)).toBe(right.error && describeIssues(right.error));
}

describe.each(hookNames)('the compiled schemas of %s', (name) => {
  it('read every input as the written one does', () => {
    fc.assert(
      fc.property(near(inputs()[name]), (input) => {
        expectSame(schemas[name].input, requests[name], input);
      }),
      { numRuns: 60 },
    );
  });

  it('read every outcome as the written one does', () => {
    const outcome = z.object({ reply: replies[name], events: z.array(Event).optional() });
    fc.assert(
      fc.property(fc.oneof(...outcomes.map(near)), (value) => {
        expectSame(schemas[name].outcome, outcome, value);
      }),
      { numRuns: 60 },
    );
  });
});

describe('describeIssues', () => {
  const describeOf = (schema: z.ZodType, value: unknown) => {
    const { error } = schema.safeParse(value);
    return error === undefined ? undefined : describeIssues(error);
  };

  it('names each place and what belongs there', () => {
    const message = { ...aMessage(), qos: 9, topic: 'x'.repeat(262_141) };
    expect(describeOf(schemas['message.publish'].input, { message })).toBe(
      'message.qos: must be a QoS: 0, 1 or 2; ' +
        'message.topic: must be at most 262140 bytes of UTF-8, mountpoint included',
    );
  });

  it('names places within lists by their number', () => {
    const input = { ...inputs()['client.subscribe'], topicFilters: [{ name: 't' }, {}] };
    expect(describeOf(schemas['client.subscribe'].input, input)).toMatch(/^topicFilters\.1\.name: /);
  });

  it('needs no place for an error of the whole value', () => {
    expect(describeOf(schemas['client.connected'].input, undefined)).not.toContain(': :');
    expect(describeOf(z.string({ error: 'must be text' }), 1)).toBe('must be text');
  });

  it.each(hookNames)('never holds a value of a bad input of %s', (name) => {
    const poison = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(poison);
      if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
        return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, poison(part)]));
      // Text where none is allowed, and a text that is too long.
      return typeof value === 'string' ? SECRET.repeat(4000) : SECRET;
    };
    const { clientinfo: _, ...rest } = inputs()[name] as { clientinfo?: unknown };
    for (const input of [
      poison(inputs()[name]),
      { ...rest, clientinfo: poison(aCredential()) },
      poison(['']),
    ]) {
      expect(describeOf(schemas[name].input, input) ?? '').not.toContain(SECRET);
    }
  });

  it.each(hookNames)('never holds a value of a bad reply of %s', (name) => {
    for (const reply of [
      SECRET,
      { kind: SECRET },
      { kind: 'deny', reason: [SECRET] },
      { kind: 'rewrite', topic: `${SECRET}/#`, qos: SECRET, payload: SECRET },
      { kind: 'loaded', hooks: SECRET },
    ]) {
      const text = describeOf(schemas[name].outcome, { reply, events: [{ type: '', data: SECRET }] });
      expect(text).toMatch(/events\.0\.type/);
      expect(text).not.toContain(SECRET);
    }
  });
});
