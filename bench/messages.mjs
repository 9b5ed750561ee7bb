/**
 * What message rules add to a publish call: CPU from the broker's bytes to ours, through decoding, validation, decision
 * and encoding, in one process, compared to no rules.
 *
 *     node bench/messages.mjs [--calls 20000] [--rounds 9]
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importSources } from './lib/build.mjs';
import { median } from './lib/stats.mjs';

/** Limits: microseconds of CPU per call that rules may add. */
export const targets = { 'decode, check and encode': 40, 'a hundred rules, unmatched': 5 };

const load = () =>
  importSources(`
    export { call } from './src/core/call.ts';
    export { Publish } from './src/lookup/sections/publish.ts';
    export { hooks } from './src/core/hooks/index.ts';
    export { openConditionsFor } from './src/lookup/messages/open-conditions.ts';
    export { openMessages } from './src/lookup/messages/open-messages.ts';
    export { binaryCodec } from './src/transport/codecs.ts';
    export { encodeRequest } from './src/protocol/wire/encode-request.ts';
    export { rpcs } from './src/protocol/wire/rpc.ts';
  `);

/** About 300 bytes, as a sensor sends them. */
const reading = {
  at: 1795373441,
  device: 'pump-17',
  site: { plant: 'north', line: 4, cell: 'b-12' },
  readings: [
    { name: 'inlet', value: 21.5, unit: 'CELSIUS' },
    { name: 'outlet', value: 38.25, unit: 'CELSIUS' },
    { name: 'pressure', value: 1.2, unit: 'BAR' },
  ],
  battery: 87,
  firmware: '4.12.1',
  ok: true,
};

const schema = {
  type: 'object',
  required: ['at', 'readings'],
  properties: {
    at: { type: 'integer', minimum: 0 },
    device: { type: 'string', maxLength: 64 },
    battery: { type: 'integer', minimum: 0, maximum: 100 },
    readings: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'value'],
        properties: {
          name: { type: 'string', minLength: 1 },
          value: { type: 'number' },
          unit: { enum: ['CELSIUS', 'BAR'] },
        },
      },
    },
  },
};

/** Rules for other topics and clients, as a plant has them. */
function otherRules(count) {
  return Array.from({ length: count }, (_, i) => {
    const topics = [`site-${i}/+/reading`, `site-${i}/\${clientid}/#`];
    if (i % 4 === 0) return { topics: 'plant/#', who: { clientid: `other-${i}` }, drop: true };
    if (i % 4 === 1) return { topics, decode: 'json', set: { payload: { site: `${i}` } } };
    if (i % 4 === 2) return { topics, who: { address: `10.${i}.0.0/16` }, require: { qos: 1 } };
    return { topics, when: `size > ${i}`, drop: 'too large' };
  });
}

const variants = [
  { name: 'no rules', publish: undefined, kind: 'pass' },
  {
    name: 'decode, check and encode',
    publish: {
      rules: [
        {
          topics: 'plant/+/reading',
          decode: 'json',
          require: { schema },
          set: { payload: { by: '${clientid}' } },
          encode: 'json',
        },
      ],
    },
    kind: 'rewrite',
  },
  {
    name: 'decode, condition and check',
    publish: {
      rules: [
        { topics: 'plant/+/reading', decode: 'json', when: 'payload.battery > 5', require: { schema } },
      ],
    },
    kind: 'pass',
  },
  { name: 'a hundred rules, unmatched', publish: { rules: otherRules(100) }, kind: 'pass' },
];

async function openPolicy({ Publish, openConditionsFor, openMessages }, section) {
  if (section === undefined) return undefined;
  const publish = Publish.parse(section);
  const problems = [];
  const policy = await openMessages(publish, await openConditionsFor({ publish }), problems);
  if (policy === undefined) throw new Error(problems.join('\n'));
  return policy;
}

/**
 * Measures all variants in turn.
 *
 * @returns a row each: microseconds of CPU per call, what it adds to no rules, and the limit for that.
 */
export async function measureMessages({ calls = 20_000, rounds = 9 } = {}) {
  const code = await load();
  const { call, hooks, binaryCodec, encodeRequest, rpcs } = code;
  const rpc = rpcs.find(({ version, hook }) => version === 'v3' && hook === 'message.publish');
  const message = {
    node: 'emqx@127.0.0.1',
    id: '000660E1F43C26AAF440000001F60002',
    qos: 1,
    from: 'pump-17',
    topic: 'plant/4/reading',
    payload: new TextEncoder().encode(JSON.stringify(reading)),
    timestamp: 1795373441754n,
    headers: { username: 'alice', peerhost: '192.0.2.17', protocol: 'mqtt' },
  };
  const bytes = encodeRequest(rpc, { message });
  const runs = [];
  for (const { name, publish, kind } of variants) {
    let seen;
    const runtime = {
      hooks,
      policy: { hooks: [], publish: await openPolicy(code, publish) },
      lookups: {},
      decided(_rpc, _input, { reply }) {
        seen = reply.kind;
      },
      failed(_, failure) {
        throw failure;
      },
    };
    const run = (count) => {
      for (let i = 0; i < count; i++) call(rpc, binaryCodec, bytes, runtime, 1000);
    };
    run(1);
    if (seen !== kind) throw new Error(`${name}: the message must ${kind}, and did ${seen}`);
    run(calls);
    runs.push({ name, run, samples: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { run, samples } of runs) {
      const before = process.cpuUsage();
      run(calls);
      const { user, system } = process.cpuUsage(before);
      samples.push((user + system) / calls);
    }
  }
  const [none] = runs.map(({ samples }) => median(samples));
  return runs.map(({ name, samples }) => {
    const cpu = median(samples);
    return { name, bytes: message.payload.length, cpu, added: cpu - none, target: targets[name] };
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { calls: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '9' } },
  });
  const rows = await measureMessages({ calls: Number(values.calls), rounds: Number(values.rounds) });
  for (const { name, cpu, added, target } of rows) {
    const most = target === undefined ? '' : ` (at most ${target})`;
    process.stdout.write(`${name}: ${cpu.toFixed(2)} us of CPU a call, ${added.toFixed(2)} added${most}\n`);
  }
  process.exitCode = rows.every(({ added, target }) => target === undefined || added <= target) ? 0 : 1;
}
