import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSubject, matchesSubject } from '../../../src/sinks/nats/subject.ts';

describe('encodeSubject', () => {
  it.each([
    ['mqtt.sensors/1/temperature', 'mqtt.sensors.1.temperature'],
    ['mqtt./a//b/', 'mqtt.%.a.%.b.%'],
    ['mqtt.+/#', 'mqtt.+.#'],
    ['a b*c>d%e', 'a%20b%2Ac%3Ed%25e'],
    ['x\r\nPUB y 0\r\n\0', 'x%0D%0APUB%20y%200%0D%0A%00'],
    ['$JS.API.STREAM.DELETE.EVENTS', '%24JS.API.STREAM.DELETE.EVENTS'],
    ['_INBOX.x', '%5FINBOX.x'],
    ['a.$SYS._x', 'a.$SYS._x'],
    ['ä/漢字/🚀', 'ä.漢字.🚀'],
    ['', '%'],
    ['\ud800', '\ufffd'],
  ])('makes of %j the subject %j', (text, subject) => {
    expect(encodeSubject(text)).toBe(subject);
  });

  it('makes of any text a subject that NATS takes, and that nobody else listens to', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const subject = encodeSubject(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
        expect(subject).toMatch(/^[^$_\x00-\x20\x7f*>.][^\x00-\x20\x7f*>.]*(\.[^\x00-\x20\x7f*>.]+)*$/u);
      }),
    );
  });

  it('makes different subjects of different texts without dots', () => {
    const text = fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('.', ''));
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(encodeSubject(a) === encodeSubject(b)).toBe(a === b);
      }),
    );
  });
});

describe('matchesSubject', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.b', 'a.b.c', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['*.b', 'a.b', true],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a', false],
    ['>', 'a', true],
  ])('%s takes %s: %s', (pattern, subject, expected) => {
    expect(matchesSubject(pattern, subject)).toBe(expected);
  });
});
