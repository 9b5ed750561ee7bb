// Runs the built server in this process, calls it, and saves what V8 has compiled: `node train.mjs DIRECTORY`.
import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { LOADER, PARTS } from './list.mjs';

const [directory] = process.argv.slice(2);
/** Milliseconds that a server needs to warm up after its start. */
const WARM_UP = 1_000;

const config = (port) => `
listen: { host: 127.0.0.1, port: ${port} }
log: { level: error }
events: { stdout: json }
watchdog: off
authenticate:
  methods:
    - users: { file: ./users.yaml }
authorize:
  rules:
    - allow: publish
      topics: "devices/\${clientid}/telemetry/#"
publish:
  rules:
    - topics: devices/+/state
      set: { qos: 1 }
`;
const users = `
- username: pump-1
  hash: $2b$04$0iJZEeHnHdWBl4ozBwlgnu1oqPmsEcu.e2vbvVewECUso9eogZgeK
`;

/** A request of each frequent kind: field 1 is the client, or its counterpart. */
const paths = [
  '/emqx.exhook.v3.HookProvider/OnProviderLoaded',
  '/emqx.exhook.v2.HookProvider/OnClientConnected',
  '/emqx.exhook.v3.HookProvider/OnClientConnected',
  '/emqx.exhook.v3.HookProvider/OnClientAuthenticate',
  '/emqx.exhook.v3.HookProvider/OnClientAuthorize',
  '/emqx.exhook.v3.HookProvider/OnMessagePublish',
  '/grpc.health.v1.Health/Check',
];

const port = await freePort();
writeFileSync(join(directory, 'users.yaml'), users);
const file = join(directory, 'exhook.yaml');
writeFileSync(file, config(port));
process.argv.splice(2, Infinity, '--config', file);
const loader = join(process.cwd(), LOADER);
const { compiledFileOf, part, scripts } = createRequire(import.meta.url)(loader);
const before = exportsOf(PARTS.map(({ name }) => name));
await import('../../dist/server.js');
if (process.exitCode) process.exit();
const session = connect(`http://127.0.0.1:${port}`);
for (const path of paths) await call(session, path);
await new Promise((resolve) => setTimeout(resolve, WARM_UP));
const changed = Object.entries(exportsOf([...scripts.keys()])).filter(
  ([name, value]) => value !== before[name],
);
if (changed.length > 0) throw new Error(`parts export what changes later: ${changed.map(([name]) => name)}`);
for (const [name, script] of scripts) writeFileSync(compiledFileOf(name), script.createCachedData());
process.exit();

/**
 * Every value that parts export, by part, chunk and name: modules of the library see the values of the first moment.
 */
function exportsOf(names) {
  return Object.fromEntries(
    names.flatMap((name) =>
      Object.entries(part(name)).flatMap(([chunk, exported]) =>
        Object.entries(exported).map(([key, value]) => [`${name}.${chunk}.${key}`, value]),
      ),
    ),
  );
}

/** The results do not matter: most requests are refused, because fields are missing. */
function call(session, path) {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', reject).on('end', resolve).resume();
    stream.end(Buffer.of(0, 0, 0, 0, 4, 0x0a, 0, 0x12, 0));
  });
}
