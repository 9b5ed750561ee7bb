import { describe, expect, it } from 'vitest';
import { Failure, failureCodes } from '../../src/protocol/failure.ts';

const table = [
  ['invalid_request', 3, false],
  ['too_large', 8, false],
  ['unknown_method', 12, false],
  ['lookup_failed', 14, true],
  ['lookup_timeout', 4, true],
  ['deadline', 4, true],
  ['handler_threw', 13, true],
  ['invalid_reply', 13, true],
  ['overloaded', 8, true],
  ['sink_failed', 14, true],
  ['sink_full', 8, true],
] as const;

describe('failures', () => {
  it.each(table)('%s ends a call with status %d, and is our fault: %s', (code, status, isOurs) => {
    const cause = new Error('why');
    const failure = new Failure(code, 'text', { cause });
    expect(failure).toMatchObject({ name: 'Failure', code, status, isOurs, message: 'text', cause });
    expect(failure).toBeInstanceOf(Error);
  });

  it('have these codes and no other', () => {
    expect([...failureCodes].sort()).toStrictEqual(table.map(([code]) => code).sort());
  });
});
