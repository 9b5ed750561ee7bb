/** Names that clients choose, as long and as harmful as MQTT allows, in all that the built programs write. */
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { findUndocumented } from '../telemetry/log-fields.ts';
import { callJson, login } from './support/json-calls.ts';
import { exhook, type RunningServer, startServer, temporaryFile } from './support/program.ts';

/** Every control of ASCII but NUL, C1, bidi, zero-width and separators: 65,000 bytes and more of it. */
const harmful =
  Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)).join('') +
  '\u007f\u0085\u009b2J\u202e\u2066\u200b\u2028\u2029\u00ad';
const long = harmful.repeat(1100);

/** Characters that a terminal would obey, or that are invisible. Lines may end. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const isClean = (text: string): boolean => !unseen.test(text.replaceAll('\n', ''));

const config = {
  decisions: { log: 'all' },
  log: { level: 'debug' },
  authenticate: { methods: [{ anonymous: { who: { clientid: 'nobody' } } }] },
  authorize: { rules: [{ allow: 'publish', topics: ['a/${username}'] }], otherwise: 'deny' },
  publish: { rules: [{ name: 'all', topics: ['#'], drop: 'no' }] },
};

const hostile = { clientid: long, username: long, node: long, mountpoint: long, protocol: long };

async function callAll(server: RunningServer): Promise<void> {
  const clientinfo = { ...hostile, peerhost: '10.0.0.1' };
  const message = {
    node: long,
    id: 'ab',
    qos: 0,
    from: long,
    topic: long.replaceAll(/[+#]/g, ''),
    payload: '',
  };
  expect((await login(server.url, hostile)).status).toBe(200);
  expect(
    (await callJson(server.url, 'OnClientAuthorize', { clientinfo, type: 'PUBLISH', topic: long })).status,
  ).toBe(200);
  expect((await callJson(server.url, 'OnMessagePublish', { message })).status).toBe(200);
  expect((await callJson(server.url, 'OnClientConnected', { clientinfo })).status).toBe(200);
  // A status too tells the place only.
  const { body } = await callJson(server.url, 'OnClientConnected', {
    clientinfo: { clientid: long.repeat(2) },
  });
  expect(JSON.stringify(body).length).toBeLessThan(1000);
}

const startWith = async (format: string, more: object = {}): Promise<RunningServer> => {
  const text = JSON.stringify({ ...config, log: { ...config.log, format }, ...more });
  return await startServer(['--config', temporaryFile('exhook.yaml', text)]);
};

describe('the log', () => {
  it.each(['json', 'google'])('in %s has short lines that no terminal obeys', async (format) => {
    const server = await startWith(format, { events: { stdout: 'off' } });
    await callAll(server);
    await server.logged(/^dropped$/);
    await server.stop();
    const { lines, text } = server.stderr;
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(10_000);
    expect(isClean(text)).toBe(true);
    expect(server.log.flatMap((line) => findUndocumented(line))).toEqual([]);
    const denied = server.log.find(({ message }) => message === 'denied');
    expect(denied?.clientid).toBe(`${long.slice(0, 256)}… (${long.length} characters)`);
  });
});

/** Its port is printed on a line that is not JSON. */
async function startPretty(): Promise<RunningServer> {
  const port = await freePort();
  const events = { stdout: 'pretty' };
  const text = JSON.stringify({
    ...config,
    log: { ...config.log, format: 'pretty' },
    events,
    listen: { port },
  });
  const { openServer } = await import('./support/program.ts');
  const server = openServer(['--config', temporaryFile('exhook.yaml', text)], {
    env: { PORT: String(port) },
  });
  await server.stderr.until('it listens', ({ text: log }) => log.includes('listening on'));
  server.url = `http://127.0.0.1:${port}`;
  return server;
}

describe('what people read', () => {
  it('is clean and short: the pretty log and pretty standard output', async () => {
    const server = await startPretty();
    try {
      await callAll(server);
      await server.stdout.until('the event', ({ text }) => text.includes('client.connected'));
      await server.stderr.until('the last verdict', ({ text }) => text.includes('dropped'));
    } finally {
      await server.stop();
    }
    for (const { text, lines } of [server.stderr, server.stdout]) {
      expect(isClean(text)).toBe(true);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(5000);
    }
  });

  it('is clean: the metrics and the pages of operators', async () => {
    const port = await freePort();
    const server = await startWith('json', { admin: { port }, events: { stdout: 'off' } });
    await callAll(server);
    for (const page of ['/metrics', '/hooksz', '/configz']) {
      const text = await (await fetch(`http://127.0.0.1:${port}${page}`)).text();
      expect([page, isClean(text)]).toEqual([page, true]);
      for (const line of text.split('\n')) expect(line.length).toBeLessThan(3000);
    }
  });

  it.each([
    ['explain', ['explain', '--config', 'FILE', '--clientid', harmful, '--publish', 'a']],
    ['an unknown option', ['check', `--${harmful}`]],
    ['an unknown command', [harmful]],
    ['a configuration that is not there', ['check', harmful]],
    ['a configuration with a harmful key', ['check', 'HARMFUL']],
  ])('is clean: what commands write of %s', async (_, args) => {
    const good = temporaryFile('exhook.yaml', JSON.stringify(config));
    const bad = temporaryFile('exhook.yaml', JSON.stringify({ [`a${harmful}`]: 1 }));
    const given = args.map((arg) => (arg === 'FILE' ? good : arg === 'HARMFUL' ? bad : arg));
    const { stdout, stderr } = await exhook(given);
    expect(`${stdout}${stderr}`).not.toBe('');
    expect(isClean(`${stdout}${stderr}`)).toBe(true);
  });

  it('is clean: the problems of a configuration at the start of the server', async () => {
    const bad = temporaryFile('exhook.yaml', JSON.stringify({ [`a${harmful}`]: 1 }));
    const { stderr } = await exhook(['serve', '--config', bad]);
    expect(stderr).not.toBe('');
    expect(isClean(stderr)).toBe(true);
  });
});
