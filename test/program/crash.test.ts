/** Uncaught errors in the built server: a record, a drain, and a distinct exit status. */
import { describe, expect, it } from 'vitest';
import { callJson } from './support/json-calls.ts';
import {
  type RunningServer,
  run,
  startServer,
  temporaryDirectory,
  temporaryFile,
} from './support/program.ts';

/** A hook that fails in a way that no call can catch, while another call waits for its look-up. */
const moduleOf = (failure: string) => `
export default [{
  name: 'client.connected',
  decide: () => { ${failure}; return { reply: { kind: 'observed' } }; },
}, {
  name: 'client.authenticate',
  needs: (_input, { answers }) => 'slow' in answers ? undefined : { kind: 'slow' },
  decide: () => ({ reply: { kind: 'allow' } }),
}];
export const lookups = { slow: () => new Promise((resolve) => setTimeout(resolve, 1500, true)) };
`;

const failures = {
  'a rejected promise': "void Promise.reject(new TypeError('lost'))",
  'an error in a callback': "setImmediate(() => { throw new TypeError('lost'); })",
} as const;

async function startWith(failure: string, args: readonly string[] = []): Promise<RunningServer> {
  const directory = temporaryDirectory();
  temporaryFile('hooks.mjs', moduleOf(failure), directory);
  const config = { hooks: { custom: ['./hooks.mjs'] }, drain: { timeout: '5s' } };
  const path = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
  return await startServer(['--config', path, '--events-stdout', 'off', ...args]);
}

const client = { clientinfo: { clientid: 'c', peerhost: '10.0.0.1', node: 'emqx@a' } };

describe.each(Object.entries(failures))('%s of a hook module', (_name, failure) => {
  it('is a CRITICAL record, and the server answers calls in flight before it exits with status 70', async () => {
    const server = await startWith(failure);
    const waiting = callJson(server.url, 'OnClientAuthenticate', client);
    await callJson(server.url, 'OnClientConnected', client);
    const record = await server.logged(/the server drains and exits with status 70$/);
    expect(record).toMatchObject({ severity: 'CRITICAL', err: { type: 'TypeError', message: 'lost' } });
    expect(await waiting).toMatchObject({ status: 200, body: { boolResult: true } });
    expect(await server.ended).toEqual({ code: 70, signal: null });
    expect(server.log.at(-1)?.message).toBe('stopped');
    expect(server.stderr.lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});

describe('a crash', () => {
  it('that keeps the server from draining ends it anyway', async () => {
    const stuck = 'const t = setInterval(() => { throw new Error("again"); }, 1); void Promise.reject(t)';
    const server = await startWith(stuck);
    void callJson(server.url, 'OnClientAuthenticate', client).catch(() => {});
    await callJson(server.url, 'OnClientConnected', client);
    expect(await server.ended).toEqual({ code: 70, signal: null });
    // One line a fraction of a second, not one a millisecond.
    expect(server.log.length).toBeLessThan(100);
  });

  it('of a worker costs that worker only: another is started', async () => {
    const server = await startWith(failures['a rejected promise'], ['--workers', '2']);
    await callJson(server.url, 'OnClientConnected', client);
    const died = await server.logged(/^a worker died/);
    expect(died).toMatchObject({ status: 70 });
    expect((await server.stop()).signal).toBe(null);
  });

  it('that SIGTERM follows still counts in the exit status', async () => {
    const server = await startWith(failures['a rejected promise']);
    const waiting = callJson(server.url, 'OnClientAuthenticate', client);
    await callJson(server.url, 'OnClientConnected', client);
    server.signal('SIGTERM');
    await waiting;
    expect((await server.ended).code).toBe(70);
  });

  it.each([
    ['while it is imported', 'void Promise.reject(new TypeError("early"));', /unhandled promise rejection/],
    ['with what is no error', 'void Promise.reject({ password: "s3cret" });', /unhandled promise rejection/],
    [
      'as an error in a callback',
      'process.nextTick(() => { throw new TypeError("early"); });',
      /uncaught error/,
    ],
  ])('of a hook module %s ends the start with status 70 and says why', async (_when, code, words) => {
    const directory = temporaryDirectory();
    const wait = 'await new Promise((resolve) => setTimeout(resolve, 60_000));';
    temporaryFile('hooks.mjs', `${code}\n${wait}\nexport default [];`, directory);
    const config = JSON.stringify({ hooks: { custom: ['./hooks.mjs'] } });
    const path = temporaryFile('exhook.yaml', config, directory);
    const { code: status, stderr } = await run(['--config', path]);
    expect(status).toBe(70);
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('s3cret');
  });
});
