/**
 * HEALTHCHECK of the image: asks the server of this container whether it wants calls.
 *
 *     node /app/healthcheck.mjs [/readyz | /healthz]
 *
 * Exit status 0: it does. 1: it does not, and why. It asks where flags, environment and file of the server say that it
 * listens. Bundled by image.mjs, since it reads them with the server's own code.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { pathToFileURL } from 'node:url';
import { mergeSources } from '../src/config/merge-sources.ts';
import { Config } from '../src/config/schema.ts';
import { readSources } from '../src/config/sources.ts';
import { parseYaml } from '../src/config/yaml.ts';

/** Milliseconds; below the --timeout of the HEALTHCHECK, so that the reason is printed. */
const TIMEOUT = 3_000;

/** The server is the first process of its container, or the child of a small init, which has its flags too. */
const FIRST_PROCESS = '/proc/1/cmdline';

/**
 * @param {string} cmdline as in /proc: arguments that end in NUL
 * @returns {string[]} what stands behind the server's file; nothing when it is another program
 */
export function flagsOf(cmdline) {
  const args = cmdline.split('\0').slice(0, -1);
  const program = args.findIndex((arg) => arg.endsWith('dist/server.js'));
  return program === -1 ? [] : args.slice(program + 1);
}

/**
 * Where to ask. Nothing is checked: a file that has become wrong does not concern a server that runs.
 *
 * @param {{ flags: readonly string[], env: Readonly<Record<string, string | undefined>> }} given
 * @returns {string} `http://127.0.0.1:9000`
 * @throws {Error} when there is no place to ask
 */
export function findOrigin({ flags, env }) {
  const { path, values } = readSources(flags, env);
  const content = path === undefined ? {} : parseYaml(readFileSync(path, 'utf8')).content;
  const { listen = {}, admin } = mergeSources(content ?? {}, values);
  const { host, port } = { ...Config.parse({}).listen, ...listen };
  // Brokers' certificates are not for us: the admin port is the one that asks for none.
  if (listen.tls?.clientCa === undefined)
    return originOf(listen.tls === undefined ? 'http' : 'https', host, port, 'listen.port');
  if (typeof admin?.port !== 'number')
    throw new Error('listen.tls.clientCa keeps this check out: set admin.port, which it can ask instead');
  return originOf('http', admin.host ?? '127.0.0.1', admin.port, 'admin.port');
}

function originOf(scheme, host, port, key) {
  if (!(port > 0)) throw new Error(`${key} is 0: nobody can know which port the server has taken`);
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/**
 * @param {string} url
 * @returns {Promise<{ status: number, text: string }>}
 */
export function ask(url) {
  // It asks the machine it runs on, and sends nothing worth hiding: the name in the certificate is another.
  const options = { timeout: TIMEOUT, agent: false, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? https : http).get(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: text.trim() }));
    });
    request.once('timeout', () => request.destroy(new Error(`no answer in ${TIMEOUT / 1000} s`)));
    request.once('error', reject);
  });
}

async function main() {
  try {
    const [page = '/readyz'] = process.argv.slice(2);
    const flags = flagsOf(readFileSync(FIRST_PROCESS, 'utf8'));
    const { status, text } = await ask(`${findOrigin({ flags, env: process.env })}${page}`);
    process.stdout.write(`${text}\n`);
    process.exitCode = status === 200 ? 0 : 1;
  } catch (error) {
    process.stdout.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
