import { describe, expect, it } from 'vitest';
import { Decision } from '../../../src/protocol/schema/decision.ts';

const decision = { verdict: 'allow', by: 'users', reason: 'recognised', isShadow: false };

describe('Decision', () => {
  it.each([
    {},
    { notes: [{ variable: 'clientid', reason: 'is empty' }] },
    { grant: { tags: { site: 'north' }, expiresAt: 5 } },
    { verdict: 'rewrite', rules: ['a', 'b'], conditions: [{ rule: 'c', reason: 'divides by zero' }] },
    { verdict: 'drop', isFailure: true },
  ])('takes %j', (more) => {
    expect(Decision.parse({ ...decision, ...more })).toStrictEqual({ ...decision, ...more });
  });

  it.each([
    { verdict: 'maybe' },
    { by: 5 },
    { grant: 'all' },
    { notes: [{}] },
    { conditions: ['c'] },
    { rules: 'a' },
  ])('refuses %j', (wrong) => {
    expect(Decision.safeParse({ ...decision, ...wrong }).success).toBe(false);
  });
});
