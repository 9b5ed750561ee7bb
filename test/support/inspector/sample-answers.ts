/** What the other endpoints of the API would answer for the sample plant. */
import type {
  Brokers,
  Checked,
  ClientRow,
  Clients,
  Compared,
  ConfigInForce,
  Recordings,
  Series,
  SeriesPoint,
  SinkRow,
  Sinks,
} from '../../../src/inspector/api.ts';
import { SAMPLE_START, sampleCall } from './sample-calls.ts';
import { sampleWhy } from './sample-detail.ts';
import { samplePolicy, sampleSchema } from './sample-policy.ts';

/** @returns nothing for a path that is not there */
export function sampleAnswer(endpoint: string, query: URLSearchParams): unknown {
  return answers[endpoint]?.(query);
}

const sink: SinkRow = {
  name: 'history',
  kind: 'nats',
  state: 'ok',
  circuit: 'closed',
  queued: 3,
  queuedBytes: 2_140,
  queueLimit: 10_000,
  queueLimitBytes: 67_108_864,
  spooled: 0,
  spooledBytes: 0,
  rate: 412.6,
  delivered: 1_204_331,
  retried: 12,
  rejected: 0,
  unconfirmed: 0,
  batches: 40_218,
  dropped: {},
  lastDelivered: SAMPLE_START - 40,
  deadLetters: [],
};

const sinks: Sinks = {
  sinks: [
    sink,
    {
      ...sink,
      name: 'audit',
      kind: 'http',
      state: 'retrying',
      circuit: 'half-open',
      queued: 8_412,
      queuedBytes: 6_203_114,
      spooled: 51_204,
      spooledBytes: 38_204_113,
      rate: 0,
      delivered: 88_120,
      retried: 1_902,
      rejected: 2,
      dropped: { full: 0, dead_letter: 2 },
      lastError: { at: SAMPLE_START - 4_000, message: 'POST https://audit.example/events answered 503' },
      lastDelivered: SAMPLE_START - 372_000,
      deadLetters: [
        {
          at: SAMPLE_START - 60_000,
          id: '0005F8A1B2C3/message.publish',
          reason: '413: the event is too large',
        },
        {
          at: SAMPLE_START - 95_000,
          id: '0005F8A1B2C1/message.publish',
          reason: '413: the event is too large',
        },
      ],
    },
  ],
};

/** A quiet quarter of an hour with one wave of logins in it. */
function samplePoint(index: number): SeriesPoint {
  const wave = 1 + 5 * Math.exp(-(((index - 610) / 40) ** 2));
  const calm = 40 + 8 * Math.sin(index / 37) + 3 * Math.sin(index / 5);
  const logins = Math.round(2 * wave + (index % 3));
  return {
    t: SAMPLE_START - (900 - index) * 1_000,
    calls: {
      'message.publish': Math.round(calm),
      'client.authenticate': logins,
      'client.authorize': logins * 2,
      'client.connected': logins,
    },
    verdicts: {
      pass: Math.round(calm * 0.8),
      rewrite: Math.round(calm * 0.2),
      allow: logins * 2,
      deny: Math.round(wave),
    },
    lookups: logins,
    p50: 0.3 + 0.02 * Math.sin(index / 9),
    p99: 6 + 9 * wave + Math.sin(index / 3),
    loopDelay: 1 + wave / 2,
    inFlight: Math.round(wave),
    queued: Math.round(300 * wave),
    spooled: 0,
  };
}

function series(query: URLSearchParams): Series {
  const since = Number(query.get('since') ?? 0);
  const points = Array.from({ length: 900 }, (_, i) => samplePoint(i));
  return { step: 1_000, points: points.filter(({ t }) => t > since) };
}

const brokers: Brokers = {
  registered: [
    { name: 'client.authenticate', topics: [], because: 'authenticate decides about logins' },
    { name: 'client.authorize', topics: [], because: 'authorize decides about topics' },
    { name: 'message.publish', topics: ['plant/#'], because: 'publish has rules; a route takes its events' },
    { name: 'session.terminated', topics: [], because: 'a route takes its events' },
  ],
  nodes: [
    {
      node: 'emqx@10.0.3.7',
      protocol: 'v3',
      version: '5.10.3',
      calls: {
        'client.authenticate': { calls: 4_102, last: SAMPLE_START - 900 },
        'client.authorize': { calls: 9_214, last: SAMPLE_START - 300 },
        'message.publish': { calls: 120_431, last: SAMPLE_START - 20 },
      },
      list: ['client.authenticate', 'client.authorize', 'message.publish', 'session.terminated'],
      isOutdated: false,
    },
    {
      node: 'emqx@10.0.3.8',
      protocol: 'v2',
      version: '5.3.2',
      calls: { 'client.authenticate': { calls: 311, last: SAMPLE_START - 7_000 } },
      list: ['client.authenticate'],
      isOutdated: true,
    },
  ],
  warnings: ['emqx@10.0.3.8 has the hook list of before the reload: disable and enable this server in EMQX.'],
};

const client: ClientRow = {
  clientid: 'pump-7',
  username: 'pumps',
  node: 'emqx@10.0.3.7',
  peerhost: '10.0.3.47',
  firstSeen: SAMPLE_START - 7_200_000,
  lastSeen: SAMPLE_START - 700,
  calls: 214,
  refused: 31,
  isConnected: false,
  lastRefusal: {
    at: SAMPLE_START - 700,
    seq: 7,
    hook: 'client.authenticate',
    topic: '',
    by: 'jwt',
    reason: 'the token has expired',
  },
};

const clients: readonly ClientRow[] = [
  client,
  {
    ...client,
    clientid: 'panel-north',
    username: 'panels',
    refused: 2,
    isConnected: true,
    login: {
      at: SAMPLE_START - 400_000,
      seq: 9,
      by: 'users',
      tags: { role: 'panel', hall: 'north' },
      grants: 0,
    },
    lastRefusal: {
      at: SAMPLE_START - 20_000,
      seq: 11,
      hook: 'client.authorize',
      topic: 'plant/pump-2/command',
      by: 'otherwise',
      reason: 'no rule allows it',
    },
  },
];

function findClients(query: URLSearchParams): Clients {
  const wanted = query.get('filter') ?? '';
  const found = clients.filter((one) => [one.clientid, one.username].some((text) => text.includes(wanted)));
  return { clients: found, total: found.length };
}

const config: ConfigInForce = {
  config: {},
  revision: '7f3a91c',
  file: 'policy.yaml',
  policy: samplePolicy,
  tag: 'sha256-1',
};

const refused = sampleCall(10);

const compared: Compared = {
  total: 68,
  same: 52,
  changed: 8,
  untold: 8,
  sentence: '8 of 68 calls would end otherwise',
  registrations: [],
  groups: [
    {
      hook: 'client.authorize',
      before: { kind: 'deny', by: 'otherwise' },
      after: { kind: 'allow', by: 'panels read' },
      count: 8,
      clients: ['panel-north', 'panel-south'],
      topics: ['plant/pump-2/command', 'plant/pump-3/command'],
      calls: [
        {
          seq: refused.seq,
          clientid: refused.clientid,
          action: 'publish',
          topic: refused.topic,
          before: sampleWhy(refused),
          after: {
            ...sampleWhy(refused),
            verdict: 'allow',
            by: 'panels read',
            near: [],
            sentence: 'Allowed by panels read.',
          },
        },
      ],
    },
  ],
  untoldGroups: [
    {
      hook: 'client.authenticate',
      before: { kind: 'allow', by: 'users' },
      after: { kind: 'untold', needs: 'the password, which is not kept' },
      count: 8,
      clients: ['pump-1'],
      topics: [],
      calls: [],
    },
  ],
};

const recordings: Recordings = {
  recordings: [
    {
      id: 'r1',
      name: 'night shift',
      isRunning: true,
      startedAt: SAMPLE_START - 90_000,
      calls: 4_120,
      bytes: 3_911_204,
      lost: 0,
    },
  ],
};

const checked: Checked = { problems: [], warnings: [] };

const answers: Readonly<Record<string, (query: URLSearchParams) => unknown>> = {
  'GET /api/sinks': () => sinks,
  'GET /api/series': series,
  'GET /api/brokers': () => brokers,
  'GET /api/clients': findClients,
  'GET /api/config': () => config,
  'GET /api/schema': () => sampleSchema,
  'GET /api/recordings': () => recordings,
  'POST /api/check': () => checked,
  'POST /api/compare': () => compared,
};
