/** What the inspector would answer of a sample call. */
import type { CallDetail, CallRow, EventDetail, Payload, Why, WhyStep } from '../../../src/inspector/api.ts';

export function payloadOf(value: unknown, codec?: string): Payload {
  const text = JSON.stringify(value);
  return {
    bytes: text.length,
    kept: text.length,
    base64: Buffer.from(text).toString('base64'),
    text,
    ...(codec && { decoded: { codec, value } }),
  };
}

const came = payloadOf({ t: 21.5, p: 3.1, unit: 'C' }, 'cbor');
const goesOn = payloadOf({ device: 'pump-1', t: 21.5, p: 3.1, unit: 'celsius', site: 'north' }, 'json');

export function sampleDetail(row: CallRow): CallDetail {
  const isMessage = row.hook.startsWith('message.');
  return {
    row,
    request: {
      input: {
        clientinfo: {
          node: row.node,
          clientid: row.clientid,
          username: row.username,
          peerhost: row.peerhost,
        },
        ...(row.topic && { topic: row.topic }),
        ...(row.action && { type: row.action.toUpperCase() }),
        meta: { node: row.node, version: '5.10.3', sysdescr: 'EMQX Enterprise' },
      },
      ...(isMessage && { message: { topic: row.topic, qos: row.qos ?? 0, payload: came } }),
    },
    reply: replyOf(row),
    lookups:
      row.lookups === 0
        ? []
        : [
            { kind: 'authenticate/users', start: 0.1, ms: 0.2, outcome: 'unknown', reason: 'no such user' },
            {
              kind: `authenticate/${row.by}`,
              start: 0.3,
              ms: row.ms - 0.5,
              outcome: 'deny',
              reason: row.reason,
            },
          ],
    timing: {
      total: row.ms,
      budget: 5_000,
      parts: [
        { name: 'decode and decide', start: 0, ms: row.ms * 0.9 },
        { name: 'events, log and reply', start: row.ms * 0.9, ms: row.ms * 0.1 },
      ],
    },
    events: row.events.map(
      (event): EventDetail => ({ ...event, time: row.at, calls: [row.seq], sinks: sinksOf(row) }),
    ),
    raw: {
      path: '/emqx.exhook.v3.HookProvider/OnClientAuthorize',
      request: { clientinfo: { clientid: row.clientid }, topic: row.topic },
      reply: { type: 'STOP_AND_RETURN', boolResult: row.verdict === 'allow' },
    },
    copy: {
      test: `- as: { clientid: ${JSON.stringify(row.clientid)} }\n  publish: ${JSON.stringify(row.topic)}\n  expect: ${row.verdict}\n`,
      explain: `exhook explain --publish '${row.topic}' --clientid '${row.clientid}'`,
      curl: `curl -H 'content-type: application/json' http://127.0.0.1:9000/emqx.exhook.v3.HookProvider/OnClientAuthorize`,
    },
  };
}

function replyOf(row: CallRow): CallDetail['reply'] {
  return {
    verdict: row.verdict,
    text: row.verdict === 'rewrite' ? 'rewrite (topic, payload)' : row.verdict,
    effect:
      row.verdict === 'deny'
        ? 'EMQX 5.10.3 refuses the publish: 0x87 in MQTT 5, and with MQTT 3.1.1 the message goes nowhere.'
        : 'EMQX 5.10.3 takes the reply as it is.',
    status: row.verdict === 'failed' ? 14 : 0,
    ...(row.verdict === 'rewrite' && {
      message: { topic: `state/${row.clientid}`, qos: row.qos ?? 0, payload: goesOn },
    }),
  };
}

function sinksOf(row: CallRow): EventDetail['sinks'] {
  return Object.entries(row.events[0]?.sinks ?? {}).map(([sink, state]) => ({
    sink,
    state,
    attempts: state === 'delivered' ? 1 : 3,
    ...(state !== 'delivered' && { reason: 'connect ECONNREFUSED 10.0.3.9:4222' }),
    timeline: [
      { at: row.at, state: 'queued', text: 'queued' },
      { at: row.at + 2, state: 'sending', text: 'sent in a batch of 3' },
      { at: row.at + 9, state, text: state },
    ],
  }));
}

const place = (line: number) => ({ file: 'policy.yaml', line });

const steps: readonly WhyStep[] = [
  {
    kind: 'rule',
    label: 'admins',
    outcome: 'miss',
    isNear: false,
    texts: [],
    misses: [
      { condition: 'who', message: 'tag role: is panel, the rule wants admin' },
      { condition: 'topics', message: 'plant/pump-2/command is not below admin/' },
    ],
    rule: { name: 'admins', allow: 'all', who: { tags: { role: 'admin' } }, topics: ['admin/#'] },
    place: place(8),
  },
  {
    kind: 'rule',
    label: 'panels read',
    outcome: 'miss',
    isNear: true,
    texts: [],
    misses: [{ condition: 'action', message: 'the client wants to publish, the rule allows subscribe only' }],
    rule: { name: 'panels read', allow: 'subscribe', who: { tags: { role: 'panel' } }, topics: ['plant/#'] },
    place: place(12),
  },
  {
    kind: 'rule',
    label: 'own topics',
    outcome: 'miss',
    isNear: true,
    texts: [],
    misses: [
      {
        condition: 'topics',
        message:
          'plant/${clientid}/# is plant/panel-north/# for this client; it asks for plant/pump-2/command',
      },
    ],
    rule: { name: 'own topics', allow: 'all', topics: ['plant/${clientid}/#'] },
    place: place(16),
  },
  {
    kind: 'otherwise',
    label: 'otherwise',
    outcome: 'hit',
    isNear: false,
    texts: ['What no rule allows is denied.'],
    misses: [],
  },
];

export function sampleWhy(row: CallRow): Why {
  const isRefusedTopic = row.hook === 'client.authorize' && row.verdict === 'deny';
  return {
    seq: row.seq,
    about: row.hook === 'client.authorize' ? 'topic' : row.hook.startsWith('message.') ? 'message' : 'login',
    sentence: sentenceOf(row),
    verdict: row.verdict,
    by: row.by,
    revision: { decided: '7f3a91c', now: '7f3a91c' },
    near: isRefusedTopic ? steps.filter(({ isNear }) => isNear) : [],
    steps: isRefusedTopic
      ? steps
      : [
          {
            kind: 'method',
            label: 'users',
            outcome: 'miss',
            isNear: false,
            texts: ['no such user'],
            misses: [],
          },
          {
            kind: 'method',
            label: row.by || 'none',
            outcome: 'hit',
            isNear: false,
            texts: [row.reason],
            misses: [],
            place: place(5),
          },
          { kind: 'method', label: 'http', outcome: 'not asked', isNear: false, texts: [], misses: [] },
        ],
    notes:
      row.hook === 'client.authenticate'
        ? ['Passwords are not kept: this login cannot be decided again.']
        : [],
  };
}

function sentenceOf({ clientid, verdict, action, topic, reason, by }: CallRow): string {
  if (verdict === 'deny' && action !== undefined)
    return `${clientid} may not ${action} to ${topic}: no rule allows it, and two came close.`;
  if (verdict === 'deny') return `${clientid} was refused by ${by}: ${reason}.`;
  return `${clientid}: ${verdict}${by === '' ? '' : ` by ${by}`}${reason === '' ? '' : `, ${reason}`}.`;
}
