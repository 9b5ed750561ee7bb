/** Calls of a small plant: pumps that log in and publish, a panel that asks for too much, a token that is over. */
import type { CallRow, EventRow } from '../../../src/inspector/api.ts';

/** When the sample begins: a fixed time, so that pictures stay the same. */
export const SAMPLE_START = Date.UTC(2026, 10, 30, 2, 14, 7, 120);

const base: CallRow = {
  seq: 0,
  at: 0,
  ms: 0.4,
  hook: 'client.connected',
  protocol: 'v3',
  connection: 2,
  node: 'emqx@10.0.3.7',
  clientid: 'pump-1',
  username: 'pumps',
  peerhost: '10.0.3.41',
  topic: '',
  verdict: 'observed',
  by: '',
  reason: '',
  isOnError: false,
  isDuplicate: false,
  isReplay: false,
  lookups: 0,
  events: [],
};

type Part = Partial<CallRow>;

const event = (type: string, sinks: EventRow['sinks']): readonly EventRow[] => [
  { id: `${type}-1`, type, sinks },
];
const known = (clientid: string): Part => ({ clientid, username: 'pumps' });

const connect = (clientid: string): Part => ({ ...known(clientid), hook: 'client.connect', ms: 0.09 });
const login = (clientid: string, by = 'users'): Part => ({
  ...known(clientid),
  hook: 'client.authenticate',
  verdict: 'allow',
  by,
  ms: 46.3,
  lookups: 1,
  reason: 'the password matches',
});
const subscribe = (clientid: string, topic: string, by: string): Part => ({
  ...known(clientid),
  hook: 'client.authorize',
  action: 'subscribe',
  topic,
  verdict: 'allow',
  by,
  ms: 0.12,
  reason: 'the rule allows it',
});
const publish = (clientid: string, topic: string, more: Part = {}): Part => ({
  ...known(clientid),
  hook: 'message.publish',
  topic,
  qos: 1,
  payloadBytes: 48,
  verdict: 'pass',
  ms: 0.31,
  reason: 'no rule changes it',
  events: event('emqx.message.publish', { history: 'delivered' }),
  ...more,
});
const refuse = (clientid: string, topic: string): Part => ({
  ...known(clientid),
  hook: 'client.authorize',
  action: 'publish',
  topic,
  verdict: 'deny',
  by: 'otherwise',
  reason: 'no rule allows it',
  ms: 0.14,
});

/** One round: what a reader meets on a usual night, and what wakes her. */
const round: readonly Part[] = [
  connect('pump-1'),
  login('pump-1'),
  {
    ...known('pump-1'),
    events: event('emqx.client.connected', { history: 'delivered', audit: 'delivered' }),
  },
  subscribe('pump-1', 'plant/pump-1/command', 'own topics'),
  publish('pump-1', 'plant/pump-1/state', {
    verdict: 'rewrite',
    by: 'readings',
    reason: 'payload encoded as json, topic set',
    ms: 0.58,
  }),
  connect('pump-7'),
  {
    ...login('pump-7', 'jwt'),
    verdict: 'deny',
    reason: 'the token has expired',
    ms: 1.2,
    username: '(a token)',
    events: event('emqx.client.authenticate', { audit: 'delivered' }),
  },
  connect('panel-north'),
  { ...login('panel-north'), username: 'panels' },
  { ...subscribe('panel-north', 'plant/+/state', 'panels read'), username: 'panels' },
  { ...refuse('panel-north', 'plant/pump-2/command'), username: 'panels' },
  publish('pump-2', 'plant/pump-2/state'),
  publish('pump-2', 'plant/pump-2/state', {
    verdict: 'drop',
    by: 'readings',
    reason: 'payload.t: must be a number',
    events: event('emqx.message.publish', { history: 'delivered', audit: 'retrying' }),
  }),
  {
    ...login('pump-9', 'http'),
    verdict: 'deny',
    by: 'onError',
    reason: 'http: no answer in 2000 ms',
    code: 'lookup_timeout',
    isOnError: true,
    ms: 2003,
  },
  publish('pump-3', 'plant/pump-3/alarm', {
    verdict: 'failed',
    code: 'unavailable',
    reason: 'the sink history did not take the event in time',
    ms: 4000,
    events: event('emqx.message.publish', { history: 'withdrawn' }),
  }),
  { ...known('pump-2'), hook: 'message.delivered', topic: 'plant/pump-2/state', clientid: 'panel-north' },
  publish('pump-4', 'plant/pump-4/state', {
    shadow: 'drop',
    by: 'ranges',
    reason: 'shadow mode: payload.t > 90',
  }),
];

/** Milliseconds between calls. */
const STEP = 137;

/** @param index from 0 */
export function sampleCall(index: number): CallRow {
  const part = round[index % round.length] ?? {};
  const events = (part.events ?? []).map((one) => ({ ...one, id: `${one.type}-${index + 1}` }));
  return { ...base, ...part, events, seq: index + 1, at: SAMPLE_START + index * STEP };
}

export const sampleCalls = (count: number): CallRow[] =>
  Array.from({ length: count }, (_, i) => sampleCall(i));

/** Ids and topics of somebody who attacks whoever looks. */
export const hostileCalls: readonly CallRow[] = [
  '<img src=x onerror="document.title=\'owned\'">',
  '</script><script>document.title="owned"</script>',
  'javascript:document.title="owned"',
  '\u202egnp.exe\u2066\u2069',
  'a\u200bb\u0000\u001b[31mred\u001b]0;owned\u0007',
  'שלום-عالم',
  'line\r\nbreak\ttab',
  'x'.repeat(65_000),
  '𐀀'.repeat(3_000),
].map((text, i) => ({
  ...base,
  seq: i + 1,
  at: SAMPLE_START + i * STEP,
  hook: 'client.authorize',
  action: 'publish',
  clientid: text,
  username: text,
  topic: `t/${text}`,
  verdict: 'deny',
  by: text,
  reason: text,
}));
