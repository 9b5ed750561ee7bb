import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/protocol/wire/decode.ts';
import { type RecordedCall, readRecording } from '../../../src/protocol/wire/read-recording.ts';

const path = '/emqx.exhook.v3.HookProvider/OnClientConnected';
const line = (fields: object) => JSON.stringify({ path, message_base64: '', ...fields });

function callsOf(text: string): readonly RecordedCall[] {
  const recording = readRecording(text);
  if (!('calls' in recording)) throw new Error(JSON.stringify(recording.problems));
  return recording.calls;
}

function problemsOf(text: string): string[] {
  const recording = readRecording(text);
  return 'problems' in recording ? recording.problems.map(({ line, message }) => `${line}: ${message}`) : [];
}

describe.each([
  ['emqx-5.3.2', 169],
  ['emqx-5.10.3', 171],
])('the recording of %s', (name, count) => {
  const text = readFileSync(join(import.meta.dirname, `../../fixtures/recordings/${name}.jsonl`), 'utf8');

  it('is read to the last call, and every call decodes', () => {
    const calls = callsOf(text);
    expect(calls).toHaveLength(count);
    expect(new Set(calls.map(({ rpc }) => rpc.hook)).size).toBe(21);
    for (const { rpc, bytes } of calls) expect(() => decode(rpc, bytes)).not.toThrow();
  });

  it('keeps order, time, connection and headers', () => {
    const [first, second] = callsOf(text);
    expect(first).toMatchObject({ line: 1, atMs: 0, headers: { te: 'trailers', 'grpc-timeout': '5S' } });
    expect(second?.connection).not.toBe(first?.connection);
  });
});

describe('deviations that are tolerated', () => {
  it.each([
    ['fields that are not known', line({ note: 'mine', headers: {} })],
    ['an empty line', `\n${line({})}\n\n`],
    ['line ends of Windows', `${line({})}\r\n`],
    ['a byte order mark', `\ufeff${line({})}`],
    ['no time, connection or headers', JSON.stringify({ path, message_base64: '' })],
    [
      'a message in words alone',
      JSON.stringify({ path, message: { clientinfo: { clientid: 'c' }, later: 1 } }),
    ],
  ])('%s', (_, text) => {
    expect(callsOf(text)).toHaveLength(1);
  });

  it('a message in words alone is sent as these words say', () => {
    const [call] = callsOf(JSON.stringify({ path, message: { clientinfo: { clientid: 'c' } } }));
    expect(call && decode(call.rpc, call.bytes)).toMatchObject({ clientinfo: { clientid: 'c' } });
  });

  it('calls whose bytes were not recorded are counted', () => {
    const text = `${line({})}\n${JSON.stringify({ path, error: 'not recorded' })}`;
    expect(readRecording(text)).toMatchObject({ calls: [{ line: 1 }], skipped: 1 });
  });

  it('an empty recording has no calls', () => {
    expect(readRecording('')).toEqual({ calls: [], skipped: 0 });
  });
});

describe('errors that are reported', () => {
  it.each([
    ['a line that is cut off', '{"path": "/emq', /^1: is not JSON; .*cut off/],
    ['a line that is no object', '[]', /^1: the line: /],
    ['no path', '{}', /^1: path: must be the path of an RPC$/],
    ['a path that is not known', line({ path: '/x.Y/Z' }), /^1: path: is not an RPC of ExHook/],
    ['no message', JSON.stringify({ path }), /^1: has neither message_base64 nor message$/],
    ['bytes that are not base64', line({ message_base64: '%%%' }), /^1: message_base64: is not base64$/],
    ['base64 that is not text', line({ message_base64: 1 }), /^1: message_base64: must be text in base64$/],
    [
      'words of another message',
      JSON.stringify({ path, message: { clientinfo: 1 } }),
      /^1: message: is not a emqx\.exhook\.v3\.ClientConnectedRequest/,
    ],
    ['a time that is text', line({ at_ms: 'x' }), /^1: at_ms: must be a number of milliseconds$/],
    ['a header that is no text', line({ headers: { a: 1 } }), /^1: headers\.a: must be text$/],
  ])('%s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(problem)]);
  });

  it('names every bad line by its number, and never its content', () => {
    const problems = problemsOf(`${line({})}\n{s3cret\n\n${line({ at_ms: 's3cret' })}\n`);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['2', '4']);
    expect(problems.join()).not.toContain('s3cret');
  });

  it('is found in any text without a crash', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(readRecording(text)).toBeTypeOf('object');
      }),
    );
  });
});
