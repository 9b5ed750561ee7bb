import { describe, expect, it } from 'vitest';
import { replyOf } from '../../../src/core/hooks/reply-of.ts';

describe('replyOf', () => {
  it.each([
    ['allow', false, { kind: 'allow' }],
    ['deny', false, { kind: 'deny', reason: 'rule 1: because' }],
    ['ignore', false, { kind: 'ignore' }],
    ['allow', true, { kind: 'ignore' }],
    ['deny', true, { kind: 'ignore' }],
  ] as const)('of %s, in shadow mode %s, is %j', (verdict, isShadow, reply) => {
    expect(replyOf({ verdict, by: 'rule 1', reason: 'because', isShadow })).toStrictEqual(reply);
  });
});
