import { describe, expect, it } from 'vitest';
import { describeVerdict } from '../../../src/app/watchdog/line.ts';
import { describeFrame } from '../../../src/app/watchdog/main-thread.ts';

const now = { time: '2026-01-01T00:00:00.000Z', pid: 7 };
const verdict = { message: 'blocked', silence: 30_000, stack: '    at f (a.js:1:1)' };
const googleFields = { '@type': 'error' };

describe('the line of a verdict', () => {
  it('is one line of JSON, with the fields of the log', () => {
    const line = describeVerdict(verdict, { form: 'json', googleFields }, now);
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toStrictEqual({ severity: 'CRITICAL', ...now, ...verdict });
  });

  it('omits the stack if there is none', () => {
    const line = describeVerdict({ ...verdict, stack: undefined }, { form: 'google', googleFields }, now);
    expect(Object.keys(JSON.parse(line))).toStrictEqual([
      'severity',
      'time',
      'pid',
      'silence',
      '@type',
      'message',
    ]);
  });

  it('has the fields that Google Cloud reports errors by', () => {
    const line = JSON.parse(describeVerdict(verdict, { form: 'google', googleFields }, now));
    expect(line).toMatchObject({ ...googleFields, stack_trace: 'Error: blocked\n    at f (a.js:1:1)' });
  });

  it('is text for people', () => {
    expect(describeVerdict(verdict, { form: 'pretty', googleFields }, now)).toBe(
      '[2026-01-01T00:00:00.000Z] FATAL: blocked\n    at f (a.js:1:1)\n',
    );
  });
});

describe('a frame of the stack', () => {
  const location = { scriptId: '1', lineNumber: 4, columnNumber: 2 };
  const frame = (functionName: string, url = '') => ({
    callFrameId: '',
    functionName,
    location,
    url,
    scopeChain: [],
    this: { type: 'undefined' as const },
  });
  const urls = new Map([['1', 'file:///a.js']]);

  it.each([
    ['names function and place', frame('f'), '    at f (file:///a.js:5:3)'],
    ['without a name is its place', frame(''), '    at file:///a.js:5:3'],
    ['brings the address of its script itself', frame('f', 'file:///b.js'), '    at f (file:///b.js:5:3)'],
    [
      'has no control characters, whatever the name',
      frame('\u001b[2J\n\u202ef'),
      '    at ?[2J??f (file:///a.js:5:3)',
    ],
  ])('%s', (_, given, expected) => {
    expect(describeFrame(given, urls)).toBe(expected);
  });

  it('says so when its script is not known', () => {
    expect(describeFrame(frame('f'), new Map())).toBe('    at f (unknown:5:3)');
  });
});
