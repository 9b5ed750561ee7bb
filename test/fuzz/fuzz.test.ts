import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { keep, readCorpus } from './corpus.ts';
import { checkInput, type Finding, fuzz } from './fuzz.ts';
import { readHeartbeat, writeHeartbeat } from './heartbeat.ts';
import { mutatedBytes, mutatedText } from './mutate.ts';
import { attempt, defineTarget, ensure } from './target.ts';

const sound = defineTarget({ name: 'sound', input: fc.string(), check: () => {} });
/** Cannot stand a NUL behind other text. */
const faulty = defineTarget({
  name: 'faulty',
  input: mutatedText(['some text']),
  check: (text: string) => ensure(text.indexOf('\0') < 3, 'no NUL'),
});

/** Time advances by an hour with each look at the clock. */
function aClock(looks: number) {
  const HOUR = 3_600_000;
  let time = 0;
  return { now: () => time++ * HOUR, time: looks * HOUR };
}

it('the fuzzer finds a violation, minimizes it, and then skips that target', () => {
  const findings: Finding[] = [];
  const inputs: string[] = [];
  const runs = fuzz([sound, faulty], {
    ...{ ...aClock(100), seed: 7, turn: 3_600_000, runs: 200 },
    onInput: (name) => inputs.push(name),
    onFinding: (finding) => findings.push(finding),
  });
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  expect(finding).toMatchObject({ target: 'faulty', error: new Error('expected: no NUL') });
  expect(() => faulty.check(finding?.input ?? '')).toThrow('no NUL');
  expect(String(finding?.input).length).toBeLessThan(20);
  expect(runs.get('sound')).toBeGreaterThan(0);
  expect(inputs.lastIndexOf('faulty')).toBeLessThan(inputs.lastIndexOf('sound'));
});

it('a warning of the process is a finding, and is not written', () => {
  const check = () => process.emitWarning('a secret');
  const loud = defineTarget({ name: 'loud', input: fc.string(), check });
  const { emitWarning } = process;
  expect(() => checkInput(loud, '')).toThrow('no warning');
  expect(process.emitWarning).toBe(emitWarning);
});

it('a finding is stored once, and read again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-fuzz-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  expect(readCorpus('none', directory)).toStrictEqual([]);
  const path = keep('some', { text: 'a\ud800', list: [1] }, directory);
  expect(keep('some', { text: 'a\ud800', list: [1] }, directory)).toBe(path);
  expect(readCorpus('some', directory)).toStrictEqual([
    { file: path.split('/').at(-1), input: { text: 'a\ud800', list: [1] } },
  ]);
});

it('samples are damaged in every place, and not beyond recognition', () => {
  const bytes = fc.sample(mutatedBytes([Uint8Array.of(1, 2, 3, 4), new Uint8Array()]), {
    numRuns: 500,
    seed: 1,
  });
  expect(bytes.every((each) => each instanceof Uint8Array)).toBe(true);
  expect(new Set(bytes.map((each) => each.join())).size).toBeGreaterThan(250);
  expect(bytes.some((each) => each.join().startsWith('1,2,3'))).toBe(true);
});

it('a heartbeat reports the present input, as far as there is room', () => {
  const shared = new SharedArrayBuffer(64);
  expect(readHeartbeat(shared)).toStrictEqual({ beats: 0, last: undefined });
  writeHeartbeat(shared, { target: 't', input: 'ü' });
  expect(readHeartbeat(shared)).toStrictEqual({ beats: 1, last: { target: 't', input: 'ü' } });
  writeHeartbeat(shared, { target: 't', input: 'x'.repeat(100) });
  expect(readHeartbeat(shared)).toStrictEqual({ beats: 2, last: undefined });
});

it('only the errors that are allowed are allowed', () => {
  const isRange = (error: unknown) => error instanceof RangeError;
  const fail = (error: Error) => () => {
    throw error;
  };
  expect(attempt(() => 1, isRange)).toBe(1);
  expect(attempt(fail(new RangeError()), isRange)).toBeUndefined();
  expect(() => attempt(fail(new TypeError('other')), isRange)).toThrow('other');
});
