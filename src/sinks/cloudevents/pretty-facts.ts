/** Picks the facts of an event that matter to someone at a terminal. */
import { addBrackets } from '../../lib/url-host.ts';
import type { EventData } from '../../protocol/schema/event.ts';
import { clean, previewPayload } from './pretty-text.ts';

export type Tone = 'plain' | 'dim' | 'good' | 'bad';

export interface Fact {
  readonly text: string;
  readonly tone: Tone;
}

type Say = (data: EventData) => Fact | undefined;

/** Custom hooks may report anything under any name: assume nothing. */
function at(data: unknown, ...path: string[]): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function wordsOf(value: unknown, max?: number): string {
  if (typeof value === 'string') return clean(value, max);
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? `${value}`
    : '';
}

function say(text: string, tone: Tone = 'plain'): Fact | undefined {
  return text === '' ? undefined : { text, tone };
}

function user(noun: string): Say {
  return (data) => say(wordsOf(at(data, noun, 'username')));
}

function peer(noun: string): Say {
  return (data) => {
    const host = wordsOf(at(data, noun, 'peerhost'));
    const port = Number(at(data, noun, 'peerport'));
    if (host === '' || !(port > 0)) return say(host, 'dim');
    return say(`${addBrackets(host)}:${port}`, 'dim');
  };
}

const broker: Say = (data) =>
  say(`${wordsOf(at(data, 'broker', 'sysdescr'))} ${wordsOf(at(data, 'broker', 'version'))}`.trim(), 'good');

const uptime: Say = (data) => {
  const seconds = Number(at(data, 'broker', 'uptime') ?? -1);
  return seconds >= 0 ? say(`up ${formatSeconds(seconds)}`, 'dim') : undefined;
};

/** The largest unit that fits: `45s`, `12m`, `3h`, `9d`. */
function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

const protocol: Say = (data) =>
  say(
    `${wordsOf(at(data, 'conninfo', 'protoName'))} ${wordsOf(at(data, 'conninfo', 'protoVer'))}`.trim(),
    'dim',
  );

const superuser: Say = (data) =>
  at(data, 'clientinfo', 'isSuperuser') === true ? say('superuser', 'bad') : undefined;

const usual = /^(success|normal|\{shutdown,normal\})$/;

function reason(key: string): Say {
  return (data) => {
    const text = wordsOf(at(data, key));
    return say(text, usual.test(text) ? 'good' : 'bad');
  };
}

const filters: Say = (data) => {
  const list = at(data, 'topicFilters');
  if (!Array.isArray(list)) return undefined;
  const shown = list
    .slice(0, 4)
    .map((filter) => topicWithQos(at(filter, 'name'), at(filter, 'subopts', 'qos')));
  return say([...shown, ...(list.length > 4 ? [`and ${list.length - 4} more`] : [])].join(', '));
};

const filter: Say = (data) => say(topicWithQos(at(data, 'topic'), at(data, 'subopts', 'qos')));

function topicWithQos(topic: unknown, qos: unknown): string {
  return qos === undefined ? wordsOf(topic) : `${wordsOf(topic)} qos ${wordsOf(qos)}`;
}

const from: Say = (data) => say(wordsOf(at(data, 'message', 'from'), 32));

const to: Say = (data) => {
  const clientid = wordsOf(at(data, 'clientinfo', 'clientid'), 32);
  return clientid === '' ? undefined : say(`→ ${clientid}`);
};

const qos: Say = (data) => {
  const level = wordsOf(at(data, 'message', 'qos'));
  return level === '' ? undefined : say(`qos ${level}`, 'dim');
};

const payload: Say = (data) => {
  const bytes = at(data, 'message', 'payload');
  return bytes instanceof Uint8Array ? say(previewPayload(bytes)) : undefined;
};

const connection: readonly Say[] = [user('conninfo'), peer('conninfo'), protocol];
const client: readonly Say[] = [user('clientinfo'), peer('clientinfo'), superuser];

const facts: Readonly<Record<string, readonly Say[]>> = {
  'emqx.provider.loaded': [broker, uptime],
  'emqx.provider.unloaded': [],
  'emqx.client.connect': connection,
  'emqx.client.connack': [reason('resultCode'), ...connection],
  'emqx.client.connected': client,
  'emqx.client.disconnected': [reason('reason'), ...client],
  'emqx.client.subscribe': [filters, ...client],
  'emqx.client.unsubscribe': [filters, ...client],
  'emqx.session.created': client,
  'emqx.session.subscribed': [filter, ...client],
  'emqx.session.unsubscribed': [filter, ...client],
  'emqx.session.resumed': client,
  'emqx.session.discarded': client,
  'emqx.session.takenover': client,
  'emqx.session.terminated': [reason('reason'), ...client],
  'emqx.message.ingress': [from, qos, payload],
  'emqx.message.publish': [from, qos, payload],
  'emqx.message.delivered': [from, to, qos, payload],
  'emqx.message.dropped': [from, reason('reason'), qos, payload],
  'emqx.message.acked': [from, to, qos],
};

/** What to show of an event, most telling first. */
export function factsOf(type: string, data: EventData): Fact[] {
  const known = Object.hasOwn(facts, type) ? facts[type] : undefined;
  if (known === undefined) return plainFactsOf(data);
  return known.map((tell) => tell(data)).filter((fact) => fact !== undefined);
}

/** For unknown events: their first few plain values. */
function plainFactsOf(data: EventData): Fact[] {
  return Object.entries(data)
    .map(([key, value]): Fact => ({ text: `${clean(key, 24)}=${wordsOf(value)}`, tone: 'plain' }))
    .filter(({ text }) => !text.endsWith('='))
    .slice(0, 4);
}
