/**
 * What a policy of 1,000 rules costs compared to one rule: CPU of an authorize call from the broker's bytes to ours,
 * through decoding, validation, decision and encoding, in one process, side by side.
 *
 *     node bench/policies.mjs [--calls 40000] [--rounds 9]
 */
import { parseArgs } from 'node:util';
import { importSources } from './lib/build.mjs';
import { median } from './lib/stats.mjs';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '40000' }, rounds: { type: 'string', default: '9' } },
});
const calls = Number(values.calls);
const rounds = Number(values.rounds);

const { call, hooks, compileRules, binaryCodec, encodeRequest, rpcs } = await importSources(`
  export { call } from './src/core/call.ts';
  export { hooks } from './src/core/hooks/index.ts';
  export { compileRules } from './src/policy/topics/authorize.ts';
  export { binaryCodec } from './src/transport/codecs.ts';
  export { encodeRequest } from './src/protocol/wire/encode-request.ts';
  export { rpcs } from './src/protocol/wire/rpc.ts';
`);

/**
 * Rules as fleets have them: for groups of clients and topics, with wildcards and placeholders, allowing and denying.
 */
function makeRules(count) {
  const own = { name: 'own', allow: 'all', topics: ['fleet/${username}/#', 'devices/${clientid}/+/data'] };
  const others = Array.from({ length: count - 1 }, (_, i) => {
    const site = `site-${i}`;
    if (i % 5 === 0) return { deny: 'all', who: { username: `user-${i}` }, topics: [`${site}/#`] };
    if (i % 5 === 1)
      return { allow: 'publish', who: { clientid: { like: `${site}-*` } }, topics: [`${site}/+/in`] };
    if (i % 5 === 2) return { allow: 'subscribe', topics: [`${site}/+/out`, `${site}/\${clientid}/#`] };
    if (i % 5 === 3)
      return { allow: 'all', who: { address: `10.${i % 256}.0.0/16` }, topics: [`${site}/lan/#`] };
    return { deny: 'subscribe', topics: [`${site}/secret/#`] };
  });
  // The last rule decides.
  return [...others, own];
}

const rpc = rpcs.find(({ version, hook }) => version === 'v3' && hook === 'client.authorize');
const clientinfo = {
  node: 'emqx@127.0.0.1',
  clientid: 'device-17',
  username: 'alice',
  peerhost: '192.0.2.17',
  sockport: 1883,
  protocol: 'mqtt',
};
const requests = [
  ['allowed', 'publish', 'fleet/alice/position'],
  ['allowed', 'publish', 'devices/device-17/flow/data'],
  ['allowed', 'subscribe', 'fleet/alice/#'],
  ['denied', 'publish', 'site-512/x/in'],
  ['denied', 'subscribe', 'site-77/+/+'],
].map(([verdict, action, topic]) => ({
  verdict,
  bytes: encodeRequest(rpc, { clientinfo, type: action === 'publish' ? 0 : 1, topic }),
}));

function shellOf(count) {
  return {
    hooks,
    policy: {
      hooks: [],
      authorize: {
        judge: compileRules(makeRules(count)),
        grantsOrder: 'first',
        otherwise: 'deny',
        mode: 'enforce',
      },
    },
    lookups: {},
    decided() {},
    failed(_, failure) {
      throw failure;
    },
  };
}

/** Microseconds of CPU per call. */
function measure(runtime, count) {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) call(rpc, binaryCodec, requests[i % requests.length].bytes, runtime, 1000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const one = shellOf(1);
const many = shellOf(1000);
for (const runtime of [one, many]) {
  for (const { verdict, bytes } of requests) {
    // STOP_AND_RETURN and, for an allowed call, the field of the result.
    const isAllowed = Buffer.from(call(rpc, binaryCodec, bytes, runtime, 1000)).includes(
      Buffer.from([0x18, 0x01]),
    );
    if (isAllowed !== (verdict === 'allowed')) throw new Error('a verdict is not as it should be');
  }
  measure(runtime, calls);
}
const samples = { one: [], many: [] };
for (let round = 0; round < rounds; round++) {
  samples.one.push(measure(one, calls));
  samples.many.push(measure(many, calls));
}
const ratio = median(samples.many) / median(samples.one);
process.stdout.write(
  [
    `authorize against    1 rule:  ${median(samples.one).toFixed(2)} us of CPU a call`,
    `authorize against 1000 rules: ${median(samples.many).toFixed(2)} us of CPU a call`,
    `ratio: ${ratio.toFixed(2)} (at most 1.30)`,
    '',
  ].join('\n'),
);
process.exitCode = ratio <= 1.3 ? 0 : 1;
