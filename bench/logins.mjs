/**
 * What a login with a token costs compared to one without a look-up: CPU of an authenticate call from the broker's
 * bytes to ours, in one process, side by side.
 *
 *     node bench/logins.mjs [--calls 4000] [--rounds 9]
 */
import { generateKeyPairSync } from 'node:crypto';
import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import { importSources } from './lib/build.mjs';
import { median } from './lib/stats.mjs';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '4000' }, rounds: { type: 'string', default: '9' } },
});
const calls = Number(values.calls);
const rounds = Number(values.rounds);

const { binaryCodec, call, Config, createMemoryGrants, encodeRequest, hooks, openPolicy, rpcs } =
  await importSources(`
  export { call } from './src/core/call.ts';
  export { hooks } from './src/core/hooks/index.ts';
  export { Config } from './src/config/schema.ts';
  export { createMemoryGrants } from './src/lookup/grants/memory.ts';
  export { openPolicy } from './src/lookup/open-policy.ts';
  export { binaryCodec } from './src/transport/codecs.ts';
  export { encodeRequest } from './src/protocol/wire/encode-request.ts';
  export { rpcs } from './src/protocol/wire/rpc.ts';
`);

const SECRET = 'a secret of thirty-two bytes and more';
/** Limits: microseconds of CPU beyond a login without a look-up. */
const LIMITS = { HS256: 30, RS256: 60, ES256: 120, EdDSA: 120 };

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
const rpc = rpcs.find(({ version, hook }) => version === 'v3' && hook === 'client.authenticate');

/** Calls of a server with one method. */
async function openLogin(title, method, client) {
  const { policies, lookups } = await openPolicy(Config.parse({ authenticate: { methods: [method] } }), {
    env: {},
    log: { info() {}, warn() {}, error() {} },
    now: Date.now,
    monotonic: () => performance.now(),
    random: Math.random,
    isDry: false,
    grants: createMemoryGrants({ max: 10, now: Date.now }),
    onChange() {},
  });
  const runtime = {
    hooks,
    policy: { hooks: [], ...policies },
    lookups,
    decided() {},
    failed(_, failure) {
      throw failure;
    },
  };
  const clientinfo = {
    node: 'emqx@10.0.12.7',
    clientid: 'pump-1',
    peerhost: '10.0.0.1',
    protocol: 'mqtt',
    ...client,
  };
  const bytes = encodeRequest(rpc, { clientinfo, result: false });
  const login = () => call(rpc, binaryCodec, bytes, runtime, 5_000);
  // STOP_AND_RETURN, and true.
  if (!Buffer.from(await login()).includes(Buffer.of(0x18, 0x01))) throw new Error(`${title}: refused`);
  return { title, login, samples: [] };
}

async function openToken(alg) {
  const expiry = Math.floor(Date.now() / 1000) + 3600;
  const claims = { iss: 'https://issuer.example', aud: 'mqtt', sub: 'pump-1', exp: expiry };
  const key = pairs[alg]?.privateKey ?? new TextEncoder().encode(SECRET);
  const password = await new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(key);
  const publicKey = pairs[alg]?.publicKey.export({ format: 'pem', type: 'spki' });
  const from = publicKey === undefined ? { secret: SECRET } : { publicKey };
  const jwt = { ...from, issuer: claims.iss, audience: 'mqtt', claims: { sub: '${clientid}' } };
  return await openLogin(alg, { jwt }, { username: 'anna', password });
}

/** Microseconds of CPU per call, of all threads. */
async function measure({ login }) {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await login();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const none = await openLogin('no look-up', { anonymous: { who: { clientid: 'pump-1' } } }, {});
const tokens = [];
for (const alg of Object.keys(LIMITS)) tokens.push(await openToken(alg));
const all = [none, ...tokens];
for (const one of all) await measure(one);
for (let round = 0; round < rounds; round++) for (const one of all) one.samples.push(await measure(one));
const floor = median(none.samples);
process.stdout.write(`login without a look-up: ${floor.toFixed(1)} us of CPU a call\n`);
for (const { title, samples } of tokens) {
  const added = median(samples.map((sample, i) => sample - none.samples[i]));
  const isGood = added <= LIMITS[title];
  if (!isGood) process.exitCode = 1;
  process.stdout.write(
    `token, ${title}: ${added.toFixed(1)} us more (at most ${LIMITS[title]}: ${isGood ? 'pass' : 'miss'})\n`,
  );
}
process.exit();
