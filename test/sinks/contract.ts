/** Registers the contract of sinks with the test runner. */
import { describe, it } from 'vitest';
import { type SinkSubject, sinkContract } from '../../src/sink-contract.ts';

/**
 * Inside a `describe` that starts and ends the server in `beforeAll` and `afterAll`:
 * the subject's functions are called after that.
 */
export function itKeepsTheContract(subject: SinkSubject): void {
  describe('the contract of sinks', () => {
    for (const { title, run } of sinkContract(subject)) it(title, run, 180_000);
  });
}
