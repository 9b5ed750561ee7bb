/** The package as others use it: imported by its name, compiled against its types, and as modules of a configuration. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { root } from '../support/source.ts';
import { aBroker, wordsOf } from './support/broker.ts';
import { run, startServer } from './support/program.ts';

/** A project that depends on the package. */
const project = mkdtempSync(join(tmpdir(), 'exhook-library-'));
afterAll(() => rmSync(project, { recursive: true }));
beforeAll(() => {
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(root, join(project, 'node_modules/exhook-edge'));
});

/** Writes a module of the project. @returns its path. */
function write(name: string, text: string): string {
  const path = join(project, name);
  writeFileSync(path, text);
  return path;
}

interface NodeResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function node(...args: string[]): NodeResult {
  return spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
}

describe('a module that imports exhook-edge by name', () => {
  it('gets the built library, by self-reference too', async () => {
    const entry = pathToFileURL(join(root, 'dist/index.js')).href;
    const script = 'process.stdout.write(import.meta.resolve("exhook-edge"))';
    const outside = node('--input-type=module', '-e', script);
    expect(outside.stdout).toBe(entry);
    const inside = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(inside.stdout).toBe(entry);
  });

  it('serves on a free port, with custom hooks and a sink, and stops', () => {
    write(
      'serve.mjs',
      `
      import { defineHook, deny, serve } from 'exhook-edge';
      const seen = [];
      const serving = await serve({
        config: { listen: { host: '127.0.0.1', port: 0 }, events: { stdout: 'off' }, log: { level: 'silent' } },
        hooks: [defineHook({ name: 'client.authorize', decide: () => ({
          reply: deny('never'),
          events: [{ type: 'test.denied', subject: 'x', data: {} }],
        }) })],
        sinks: [{ name: 'memory', write: (batch) => void seen.push(...batch), close: async () => {} }],
      });
      const { port } = serving.address;
      const url = 'http://127.0.0.1:' + port + '/emqx.exhook.v3.HookProvider/OnClientAuthorize';
      const response = await fetch(url, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"clientinfo":{},"topic":"t"}',
      });
      const reply = await response.json();
      const isComplete = await serving.stop();
      process.stdout.write(JSON.stringify({ port: port > 0, reply, isComplete, seen: seen.map(({ event }) => event.type) }));
    `,
    );
    const { status, stdout, stderr } = node('serve.mjs');
    expect([status, stderr]).toStrictEqual([0, '']);
    expect(JSON.parse(stdout)).toStrictEqual({
      port: true,
      reply: { type: 'STOP_AND_RETURN', boolResult: false },
      isComplete: true,
      seen: ['test.denied'],
    });
  });

  it('calls hooks in memory, as a broker would', () => {
    write(
      'call.mjs',
      `
      import { allow, callHook, defineHook, deny, drop, hookNames, ignore, loaded, observed, pass, rewrite } from 'exhook-edge';
      const hook = defineHook({
        name: 'client.authorize',
        needs: ({ topic }, { answers }) => ('owner' in answers ? undefined : { kind: 'owner', topic }),
        decide: ({ clientinfo }, { answers }) => ({ reply: answers.owner === clientinfo.clientid ? allow() : deny('no') }),
      });
      const lookups = { owner: async ({ topic }) => topic.split('/')[0] };
      const own = await callHook(hook, { clientinfo: { clientid: 'c1' }, topic: 'c1/x' }, { lookups });
      const other = await callHook(hook, { clientinfo: { clientid: 'c2' }, topic: 'c1/x' }, { lookups });
      const none = await callHook(hook, { clientinfo: {}, topic: 'c1/x' });
      const kinds = [allow(), deny('x'), drop('x'), ignore(), loaded([]), observed(), pass(), rewrite({ topic: 't' })];
      process.stdout.write(JSON.stringify({
        own: own.reply?.kind, other: other.reply?.kind, none: [none.failure, none.status],
        kinds: kinds.map(({ kind }) => kind), hooks: hookNames.length,
      }));
    `,
    );
    const { status, stdout, stderr } = node('call.mjs');
    expect([status, stderr]).toStrictEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      own: 'allow',
      other: 'deny',
      // Nobody answers its question: the hook's onError does, which is deny.
      none: ['handler_threw', 0],
      kinds: ['allow', 'deny', 'drop', 'ignore', 'loaded', 'observed', 'pass', 'rewrite'],
      hooks: 22,
    });
  });

  it('reports errors in a hook where it is defined', () => {
    const { status, stderr } = node(
      '--input-type=module',
      '-e',
      "import { defineHook } from 'exhook-edge'; defineHook({ name: 'client.conect', decide() {} });",
    );
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/TypeError: a hook needs a "name", one of: provider\.loaded, /);
    // Node puts the line of code in front of it.
    expect(stderr.length).toBeLessThan(4096);
  });
});

/** The compiler's errors in modules of the project, by `file(line)`. */
function compile(files: Record<string, string>): string[] {
  for (const [name, text] of Object.entries(files)) write(name, text);
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  const { stdout } = node(join(root, 'node_modules/typescript/bin/tsc'), '-p', '.', '--pretty', 'false');
  return stdout.split('\n').filter((line) => /error TS/.test(line));
}

describe('the types of the package', () => {
  it('admit what is right and refuse what is wrong, in strict mode', () => {
    const good = `
      import {
        allow, callHook, type Config, type ConfigInput, defineHook, drop, type Event, type Failure, type HookInput,
        type HookName, type Lookup, observed, pass, type Reply, type ReplyOf, rewrite, serve, type ServeOptions,
        type Delivery, type Serving, type Sink,
      } from 'exhook-edge';

      const publish = defineHook({
        name: 'message.publish',
        decide: ({ message }) => {
          const payload: Uint8Array = message.payload;
          const qos: number = message.qos;
          return { reply: payload.length > qos ? rewrite({ topic: message.topic + '/x' }) : drop('why') };
        },
      });
      const input = (given: HookInput<'client.authorize'>): string => given.clientinfo.clientid + given.topic;
      const reply: ReplyOf<'client.authorize'> = allow();
      const lookup: Lookup = async (question) => question.kind;
      const sink: Sink = { name: 's', write: (batch: readonly Delivery[]) => void batch, close: async () => {} };
      const config: ConfigInput = { listen: { port: 0 }, events: { stdout: 'off' } };
      const options: ServeOptions = { config, hooks: [publish], lookups: { lookup }, sinks: [sink] };
      export async function use(): Promise<Serving> {
        const result = await callHook(publish, { message: { topic: 't' } });
        const kind: 'pass' | 'rewrite' | 'drop' | undefined = result.reply?.kind;
        void [input, reply, kind, pass, observed];
        return await serve(options);
      }
      export type Names = [Config, Event, Failure, HookName, Reply];
    `;
    const wrong = [
      "import { allow, callHook, defineHook, observed, type ReplyOf, serve } from 'exhook-edge';",
      "defineHook({ name: 'client.connected', decide: () => ({ reply: allow() }) });",
      "defineHook({ name: 'client.authorize', decide: () => ({ reply: observed() }) });",
      "defineHook({ name: 'client.conect', decide: () => ({ reply: observed() }) });",
      "export const reply: ReplyOf<'client.connected'> = allow();",
      'void serve({ config: { listen: { prot: 1 } } });',
      "defineHook({ name: 'client.connected', decide: ({ message }) => ({ reply: observed(), events: [message] }) });",
      "const hook = defineHook({ name: 'client.connected', decide: () => ({ reply: observed() }) });",
      "void callHook(hook, { topic: 't' });",
      "defineHook({ name: 'client.connected', decide: ({ clientinfo }) => ({ reply: observed(), events: [{ type: 'a', subject: clientinfo.password, data: {} }] }) });",
    ];
    const errors = compile({ 'good.ts': good, 'wrong.ts': wrong.join('\n') });
    const lines = errors.map((error) => error.replace(/,\d+\): error.*$/, ''));
    expect(errors.filter((error) => !error.startsWith('wrong.ts'))).toStrictEqual([]);
    expect([...new Set(lines)]).toStrictEqual([2, 3, 4, 5, 6, 7, 9, 10].map((line) => `wrong.ts(${line}`));
  });
});

describe('hooks.custom of the built server', () => {
  const { path } = rpcFor('client.authorize');
  const request = (clientid: string) =>
    requestOf(rpcFor('client.authorize'), { clientinfo: { clientid }, topic: 'a' });

  it('replaces the built-in hook of the same name', async () => {
    write(
      'hooks.mjs',
      `
      import { allow, defineHook, deny, observed } from 'exhook-edge';
      export const authorize = defineHook({
        name: 'client.authorize',
        decide: ({ clientinfo }) => ({ reply: clientinfo.clientid === 'good' ? allow() : deny('not good') }),
      });
      export const connected = defineHook({
        name: 'client.connected',
        decide: () => ({ reply: observed(), events: [{ type: 'mine.connected', subject: 'me', data: { n: 1 } }] }),
      });
    `,
    );
    const server = await startServer(['--config', write('exhook.yaml', 'hooks: { custom: ./hooks.mjs }\n')]);
    const broker = aBroker(server.url);
    expect(wordsOf(path, await broker.call(path, request('good')))).toBe(true);
    expect(wordsOf(path, await broker.call(path, request('bad')))).toBe(false);
    const connected = rpcFor('client.connected', 'v2');
    await broker.call(connected.path, requestOf(connected, { clientinfo: { clientid: 'c' } }));
    const loaded = rpcFor('provider.loaded');
    const hooks = wordsOf(loaded.path, await broker.call(loaded.path, requestOf(loaded, { broker: {} })));
    expect(hooks).toContain('client.authorize');
    expect(hooks).not.toContain('client.authenticate');
    await server.stop();
    const types = server.stdout.lines.map((line) => JSON.parse(line).type);
    expect(types).toStrictEqual(['mine.connected', 'emqx.provider.loaded']);
  });

  it('that throws is an error of that call alone, which the log explains', async () => {
    write(
      'throws.mjs',
      `
      import { defineHook } from 'exhook-edge';
      export default defineHook({ name: 'client.connected', decide: () => { throw new Error('my mistake'); } });
    `,
    );
    const server = await startServer(['--hooks-custom', join(project, 'throws.mjs')]);
    const rpc = rpcFor('client.connected');
    const answer = await aBroker(server.url).call(rpc.path, requestOf(rpc, { clientinfo: {} }));
    expect(answer.status).toBe(13);
    expect(answer.message).not.toContain('my mistake');
    const line = await server.logged(/^a call failed/);
    expect(line).toMatchObject({ code: 'handler_threw', detail: 'my mistake' });
    expect((await aBroker(server.url).call(path, request('c'))).status).toBe(0);
  });

  it.each([
    [
      'that does not exist',
      undefined,
      /^absent\.mjs: does not exist; paths are relative to the configuration file/,
    ],
    ['without a hook', 'export const a = 1;', /^bad\.mjs: exports no hook; write export default defineHook/],
    ['that does not parse', 'export default {', /^bad\.mjs: failed to import: SyntaxError: .*node --check/],
    ['that throws', "throw new Error('no database');", /^bad\.mjs: failed to import: Error: no database/],
    [
      'that imports what is not there',
      "import 'nowhere-to-be-found';",
      /^bad\.mjs: failed to import: .*nowhere-to-be-found/,
    ],
    [
      'with a hook of an unknown name',
      "export default { name: 'client.conect', decide() {} };",
      /^bad\.mjs: .*(client\.connect|hook)/,
    ],
    [
      'with a hook that decides nothing',
      "export default { name: 'client.connected' };",
      /^bad\.mjs: .*decide/,
    ],
  ])('%s is an error at the start, with its reason', async (_what, text, says) => {
    const name = text === undefined ? 'absent.mjs' : 'bad.mjs';
    if (text !== undefined) write(name, text);
    const { code, stdout, stderr } = await run([
      '--config',
      write('bad.yaml', `hooks: { custom: ${name} }\n`),
    ]);
    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
