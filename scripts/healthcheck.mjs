/**
 * HEALTHCHECK of the image: asks the server of this container whether it wants calls.
 *
 *     node /app/healthcheck.mjs [/readyz | /healthz]
 *
 * Exit status 0: it does. 1: it does not; prints why. Flags, environment and file of the server tell where it listens.
 * Bundled by image.mjs, because it reads them with the server's own code.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { pathToFileURL } from 'node:url';
import { mergeSources } from '../src/config/merge-sources.ts';
import { Config } from '../src/config/schema.ts';
import { readSources } from '../src/config/sources.ts';
import { parseYaml } from '../src/config/yaml.ts';

/** Milliseconds; shorter than the --timeout of the HEALTHCHECK, so the reason is printed. */
const TIMEOUT = 3_000;

/** The server is the first process of its container, or the child of a small init, which has its flags too. */
const FIRST_PROCESS = '/proc/1/cmdline';

/**
 * @param {string} cmdline as in /proc: arguments that end in NUL
 * @returns {string[]} the arguments after the server's file; empty if it is another program
 */
export function flagsOf(cmdline) {
  const args = cmdline.split('\0').slice(0, -1);
  const program = args.findIndex((arg) => arg.endsWith('dist/server.js'));
  return program === -1 ? [] : args.slice(program + 1);
}

/**
 * Returns where to ask. Does not validate: an invalid file does not affect a running server.
 *
 * @param {{ flags: readonly string[], env: Readonly<Record<string, string | undefined>> }} given
 * @returns {string} `http://127.0.0.1:9000`
 * @throws {Error} if there is nowhere to ask
 */
export function findOrigin({ flags, env }) {
  const { path, values } = readSources(flags, env);
  const content = path === undefined ? {} : parseYaml(readFileSync(path, 'utf8')).content;
  const { listen = {}, admin } = mergeSources(content ?? {}, values);
  const { host, port } = { ...Config.parse({}).listen, ...listen };
  // This check has no client certificate: the admin port does not require one.
  if (listen.tls?.clientCa === undefined)
    return originOf(listen.tls === undefined ? 'http' : 'https', host, port, 'listen.port');
  if (typeof admin?.port !== 'number')
    throw new Error(
      'this check has no certificate for listen.tls.clientCa: set admin.port and it asks there',
    );
  return originOf('http', admin.host ?? '127.0.0.1', admin.port, 'admin.port');
}

function originOf(scheme, host, port, key) {
  if (!(port > 0)) throw new Error(`${key} is 0: the port of the server is unknown`);
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/**
 * @param {string} url
 * @returns {Promise<{ status: number, text: string }>}
 */
export function ask(url) {
  // The request stays on this machine and contains no secrets; the certificate has another name.
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
