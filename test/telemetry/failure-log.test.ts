import { describe, expect, it } from 'vitest';
import { Failure, type FailureCode, failureCodes } from '../../src/protocol/failure.ts';
import { createFailureLog } from '../../src/telemetry/failure-log.ts';
import { rpcFor } from '../support/runtime.ts';

interface Line {
  readonly level: 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly text: string;
}

function aLog() {
  const lines: Line[] = [];
  const keys: string[] = [];
  const write = (level: Line['level']) => (fields: object, text: string) =>
    void lines.push({ level, fields: fields as Line['fields'], text });
  const log = { warn: write('warn'), error: write('error') } as never;
  const logFailure = createFailureLog(log, (key, writeLine) => {
    keys.push(key);
    writeLine(3);
  });
  return { lines, keys, logFailure };
}

const theirs: readonly FailureCode[] = ['invalid_request', 'too_large', 'unknown_method'];

describe('the log of failures', () => {
  it.each(failureCodes)('has a line for %s: a warning when the caller is at fault, else an error', (code) => {
    const { lines, logFailure } = aLog();
    logFailure(rpcFor('client.connect', 'v2'), new Failure(code, 'the text'));
    expect(lines).toStrictEqual([
      {
        level: theirs.includes(code) ? 'warn' : 'error',
        fields: { hook: 'client.connect', code, protocol: 'v2', times: 3 },
        text: 'a call failed: the text',
      },
    ]);
  });

  it('knows calls of no hook', () => {
    const { lines, logFailure } = aLog();
    logFailure(undefined, new Failure('unknown_method', 'no such method'));
    expect(lines[0]?.fields).toMatchObject({ hook: 'none', protocol: undefined });
  });

  it('limits each code of each hook by itself, whatever the text', () => {
    const { keys, logFailure } = aLog();
    logFailure(rpcFor('client.connect', 'v1'), new Failure('deadline', 'a'));
    logFailure(rpcFor('client.connect', 'v3'), new Failure('deadline', 'b'));
    logFailure(rpcFor('client.connack'), new Failure('deadline', 'a'));
    logFailure(rpcFor('client.connack'), new Failure('overloaded', 'a'));
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toBe(keys[1]);
  });

  it('logs what a hook threw, and none of the other fields of the error', () => {
    const { lines, logFailure } = aLog();
    const cause = Object.assign(new TypeError('of mine'), {
      password: 'hunter2',
      request: { password: 'hunter2' },
    });
    logFailure(rpcFor('client.connect'), new Failure('handler_threw', 'the hook threw', { cause }));
    expect(lines[0]?.fields).toMatchObject({ cause: 'TypeError', detail: 'of mine', stack: cause.stack });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it.each([
    ['hunter2', 'string'],
    [{ password: 'hunter2' }, 'object'],
    [null, 'object'],
    [7, 'number'],
  ])('logs only the type of a value that is not an error: %j', (cause, type) => {
    const { lines, logFailure } = aLog();
    logFailure(rpcFor('client.connect'), new Failure('handler_threw', 'the hook threw', { cause }));
    expect(lines[0]?.fields).toMatchObject({ cause: type });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
