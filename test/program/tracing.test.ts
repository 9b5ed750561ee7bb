/** The built server with the SDK of a user in front: `node --import ./tracing.mjs dist/server.js`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  aConnect,
  aLogin,
  callAt,
  connected,
  login,
  nameOf,
  SAMPLED,
  UNSAMPLED,
} from '../telemetry/tracing/support.ts';
import { dist, startServer, temporaryDirectory, temporaryFile } from './support/program.ts';

const SDK = fileURLToPath(new URL('support/tracing.mjs', import.meta.url));

interface Line {
  readonly pid: number;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly linked: readonly string[];
}

/** A server that was started with an SDK, and the spans that this has sent. */
async function aTracedServer(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const SPANS = join(temporaryDirectory(), 'spans');
  const server = await startServer(args, {
    env: { NODE_OPTIONS: `--import ${SDK}`, SPANS, EVENTS_STDOUT: 'json', LOG_FORMAT: 'json', ...env },
  });
  const spans = (): Line[] =>
    existsSync(SPANS)
      ? readFileSync(SPANS, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
      : [];
  return { server, spans };
}

/** A hook that answers logins by what an HTTP service says, and a span of the user's own in it. */
const custom = `
  import { trace } from '${import.meta.resolve('@opentelemetry/api')}';
  export default [{
    name: 'client.authenticate',
    needs: (_, { answers }) => ('users' in answers ? undefined : { kind: 'users' }),
    decide: () => ({ reply: { kind: 'deny', reason: 'test' } }),
  }];
  export const lookups = {
    users: async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      trace.getTracer('own').startSpan('GET').end();
      return {};
    },
  };
`;

describe('a server that was started with an SDK', () => {
  it("continues the trace of its caller, nests the user's spans, and sends all when it stops", async () => {
    const file = temporaryFile('hooks.mjs', custom);
    const { server, spans } = await aTracedServer(['--hooks-custom', file]);
    expect(await callAt(server.url, login, aLogin, { traceparent: SAMPLED })).toBe(false);
    expect(await callAt(server.url, connected, aConnect)).toBe('success');
    // They are sent once a minute.
    expect(spans()).toStrictEqual([]);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    const [, trace, parent] = SAMPLED.split('-');
    const call = spans().find(({ name }) => name === nameOf(login));
    const lookup = spans().find(({ name }) => name === 'lookup users');
    const own = spans().find(({ name }) => name === 'GET');
    expect(call).toMatchObject({ traceId: trace, parent, attributes: { 'exhook.outcome': 'deny' } });
    expect(lookup).toMatchObject({ traceId: trace, parent: call?.spanId });
    expect(own).toMatchObject({ traceId: trace, parent: lookup?.spanId });
    const other = spans().find(({ name }) => name === nameOf(connected));
    expect(other?.traceId).not.toBe(trace);
    const [event] = server.stdout.lines.map((line) => JSON.parse(line));
    expect(event.traceparent).toBe(`00-${other?.traceId}-${other?.spanId}-01`);
  });

  it('leaves alone what its caller does not sample', async () => {
    const { server, spans } = await aTracedServer();
    await callAt(server.url, connected, aConnect, { traceparent: UNSAMPLED });
    await server.stop();
    expect(spans()).toStrictEqual([]);
    expect(JSON.parse(server.stdout.lines[0] ?? '')).not.toHaveProperty('traceparent');
  });

  it('writes the trace of a call beside its lines of the log', async () => {
    const { server } = await aTracedServer();
    await callAt(server.url, connected, Uint8Array.of(0xff), { traceparent: SAMPLED });
    const line = await server.logged(/^a call failed/);
    expect(line).toMatchObject({ trace_id: SAMPLED.split('-')[1], trace_flags: '01' });
    expect(await server.logged(/^listening/)).not.toHaveProperty('trace_id');
  });

  it('traces in each of its workers', async () => {
    const { server, spans } = await aTracedServer(['--workers', '2']);
    const listening = () => server.log.filter(({ message }) => message.startsWith('listening')).length === 2;
    await server.stderr.until('all workers listen', listening);
    for (let i = 0; i < 6; i++) await callAt(server.url, connected, aConnect);
    await server.stop();
    expect(spans().map(({ name }) => name)).toStrictEqual(Array.from({ length: 6 }, () => nameOf(connected)));
    expect(new Set(spans().map(({ pid }) => pid)).size).toBe(2);
  });

  it.each(['sampler', 'start', 'end', 'export'])('answers when its %s throws', async (FAULT) => {
    const { server } = await aTracedServer([], { FAULT });
    for (let i = 0; i < 3; i++) expect(await callAt(server.url, connected, aConnect)).toBe('success');
    await server.stdout.until('all events are out', ({ lines }) => lines.length === 3);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });
});

describe('a server without an SDK', () => {
  it('does not even load the API', async () => {
    // Tells which modules are loaded, in the process of the server.
    const seen = join(temporaryDirectory(), 'modules');
    const watch = temporaryFile(
      'watch.mjs',
      `import { register } from 'node:module';
       register('data:text/javascript,' + encodeURIComponent(\`
         import { appendFileSync } from 'node:fs';
         export async function load(url, context, next) {
           appendFileSync(${JSON.stringify(seen)}, url + '\\\\n');
           return await next(url, context);
         }\`));`,
    );
    writeFileSync(seen, '');
    const load = async (...imports: string[]): Promise<string[]> => {
      writeFileSync(seen, '');
      const NODE_OPTIONS = [watch, ...imports].map((file) => `--import ${file}`).join(' ');
      const SPANS = join(temporaryDirectory(), 'spans');
      const server = await startServer([], { env: { NODE_OPTIONS, SPANS } });
      await callAt(server.url, connected, aConnect);
      await server.stop();
      return readFileSync(seen, 'utf8').split('\n');
    };
    const loaded = (urls: readonly string[]) =>
      chunksWithApi().filter((name) => urls.some((url) => url.endsWith(name)));
    expect(chunksWithApi()).not.toStrictEqual([]);
    expect(loaded(await load())).toStrictEqual([]);
    expect(loaded(await load(SDK))).not.toStrictEqual([]);
  });
});

/** The files of the build that hold the API. */
function chunksWithApi(): string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name.endsWith('.js') &&
      readFileSync(join(dist, name), 'utf8').includes('@opentelemetry/api: Attempted'),
  );
}
