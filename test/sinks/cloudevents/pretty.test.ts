import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hooks } from '../../../src/core/hooks/index.ts';
import type { Event, StampedEvent } from '../../../src/protocol/schema/event.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';
import { formatEvent } from '../../../src/sinks/cloudevents/pretty.ts';
import { aClient, aContext, aFilter, aMessage, inputs } from '../../support/inputs.ts';

const time = new Date(2026, 10, 22, 9, 8, 7, 6).getTime();

function stamped(event: Event): StampedEvent {
  return { source: 'emqx:///n', time, ...event, id: event.id ?? 'id' };
}

function lineOf(type: string, subject: string, data: Event['data']): string {
  return formatEvent(stamped({ type, subject, data }), false);
}

function builtIn(hook: HookName): StampedEvent | undefined {
  const decide = hooks[hook].decide as (input: unknown, context: unknown) => { events?: readonly Event[] };
  const event = decide(inputs()[hook], aContext()).events?.[0];
  return event && stamped(event);
}

const columns = (type: string, subject: string) =>
  `09:08:07.006  ${type.padEnd(20)}  ${subject.padEnd(24)}  `;

describe('the line of a built-in event', () => {
  it.each<[HookName, string, string]>([
    ['provider.loaded', 'emqx@127.0.0.1', 'EMQX 5.10.3  up 19m'],
    ['client.connect', 'sub-a', 'alice  127.0.0.1:54321  MQTT 5'],
    ['client.connack', 'sub-a', 'success  alice  127.0.0.1:54321  MQTT 5'],
    ['client.connected', 'sub-a', 'alice  127.0.0.1:54321'],
    ['client.disconnected', 'sub-a', 'normal  alice  127.0.0.1:54321'],
    ['client.subscribe', 'sub-a', 't/# qos 1  alice  127.0.0.1:54321'],
    ['client.unsubscribe', 'sub-a', 't/# qos 1  alice  127.0.0.1:54321'],
    ['session.subscribed', 'sub-a', 't/# qos 1  alice  127.0.0.1:54321'],
    ['session.unsubscribed', 'sub-a', 't/#  alice  127.0.0.1:54321'],
    ['session.terminated', 'sub-a', 'normal  alice  127.0.0.1:54321'],
    ['message.publish', 't/a', 'pub-a  qos 1  hello'],
    ['message.delivered', 't/a', 'pub-a  → sub-a  qos 1  hello'],
    ['message.dropped', 't/a', 'pub-a  no_subscribers  qos 1  hello'],
    ['message.acked', 't/a', 'pub-a  → sub-a  qos 1'],
  ])('%s says what matters', (hook, subject, facts) => {
    expect(formatEvent(builtIn(hook) as StampedEvent, false)).toBe(columns(hook, subject) + facts);
  });

  it('is the same with colours and without, apart from the colours', () => {
    for (const hook of Object.keys(hooks) as HookName[]) {
      const event = builtIn(hook);
      if (event === undefined) continue;
      const coloured = formatEvent(event, true);
      expect(coloured).toContain('\u001b[');
      expect(stripVTControlCharacters(coloured).trimEnd()).toBe(formatEvent(event, false));
    }
  });
});

describe('facts', () => {
  const client = (overrides: object) => ({ clientinfo: aClient(overrides) });

  it.each([
    ['brackets an IPv6 address', client({ peerhost: '::1' }), 'alice  [::1]:54321'],
    ['leaves out a port that is not known', client({ peerport: 0 }), 'alice  127.0.0.1'],
    ['leaves out a user without a name', client({ username: '' }), '127.0.0.1:54321'],
    ['points out a superuser', client({ isSuperuser: true }), 'alice  127.0.0.1:54321  superuser'],
    ['is silent about data of another shape', { clientinfo: 'x' }, ''],
    ['is silent about no data', {}, ''],
  ])('%s', (_, data, facts) => {
    expect(lineOf('emqx.client.connected', 'c', data)).toBe(
      (columns('client.connected', 'c') + facts).trimEnd(),
    );
  });

  it('shows the first topic filters of many', () => {
    const topicFilters = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => aFilter(name, { qos: 0 }));
    expect(lineOf('emqx.client.subscribe', 'c', { topicFilters })).toContain(
      'a qos 0, b qos 0, c qos 0, d qos 0, and 2 more',
    );
  });

  it('shows plain values of an unknown event', () => {
    expect(lineOf('my.event', 's', { a: 1, b: 'x', c: {}, d: true })).toBe(
      `${columns('my.event', 's')}a=1  b=x  d=true`,
    );
  });

  it('survives a getter that throws', () => {
    const data = Object.defineProperty({}, 'clientinfo', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(lineOf('emqx.client.connected', 'c', data)).toBe(columns('client.connected', 'c').trimEnd());
  });
});

describe('a payload', () => {
  it.each<[string, Uint8Array, string]>([
    ['text as it is', Buffer.from('{"t":21.5}'), '{"t":21.5}'],
    ['that there is none', Buffer.of(), '(empty)'],
    ['bytes in hexadecimal', Buffer.of(0, 1, 255), '00 01 ff (3 B)'],
    ['the beginning of a long text', Buffer.from('x'.repeat(100)), `${'x'.repeat(47)}… (100 B)`],
    ['the beginning of a huge text', Buffer.from('é'.repeat(1_000_001)), `${'é'.repeat(47)}… (2.0 MB)`],
    ['a text cut inside of a character', Buffer.from(`${'\u200b'.repeat(90)}`), '\\u{200b}'.repeat(47)],
    ['line ends as escapes', Buffer.from('a\r\nb\t'), 'a\\r\\nb\\t'],
  ])('shows %s', (_, payload, shown) => {
    expect(lineOf('emqx.message.publish', 't', { message: aMessage({ payload }) })).toContain(shown);
  });
});

describe('what strangers send', () => {
  it('never reaches the terminal as a control, a bidirectional override or half a character', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.constantFrom(
        '\u001b]0;owned\u0007',
        '\u009b2J',
        '\u202etxt.exe',
        '\r\n',
        '\u2028',
        '\ud800',
        '\u0000',
        '\u200b',
      ),
    );
    fc.assert(
      fc.property(hostile, fc.uint8Array({ maxLength: 400 }), (text, payload) => {
        for (const hook of [
          'message.delivered',
          'client.disconnected',
          'client.subscribe',
          'mine.own',
        ] as const) {
          const line = lineOf(`emqx.${hook}${text}`, text, {
            [text]: text,
            reason: text,
            clientinfo: aClient({ clientid: text, username: text, peerhost: text }),
            topicFilters: [aFilter(text)],
            message: aMessage({ from: text, payload }),
          });
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });

  it('is cut to a length that leaves room for the rest', () => {
    expect(lineOf('emqx.client.connected', 'x'.repeat(65_535), {})).toHaveLength(
      '09:08:07.006  '.length + 22 + 48,
    );
  });

  it('keeps columns straight when it is Chinese or has accents', () => {
    const facts = { a: 1 };
    expect(lineOf('t', '日本', facts)).toContain(`日本${' '.repeat(20)}  a=1`);
    expect(lineOf('t', 'e\u0301', facts)).toContain(`e\u0301${' '.repeat(23)}  a=1`);
  });
});
