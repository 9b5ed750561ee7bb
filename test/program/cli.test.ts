/** `node dist/cli.js`: every subcommand, its help, its exit status. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Http2Server } from 'node:http2';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keys } from '../../src/config/keys.ts';
import { root } from '../support/source.ts';
import { exhook, RunningServer, startServer, temporaryDirectory, temporaryFile } from './support/program.ts';

const recording = (name: string) => join(root, `test/fixtures/recordings/${name}.jsonl`);
const v2 = recording('emqx-5.3.2');
const v3 = recording('emqx-5.10.3');
const version = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version;

describe('exhook --help', () => {
  it('names every subcommand', async () => {
    const { code, stdout, stderr } = await exhook(['--help']);
    expect([code, stderr]).toStrictEqual([0, '']);
    for (const name of ['serve', 'check', 'hooks', 'replay', 'explain', 'test', 'hash', 'version']) {
      expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
    }
  });

  it.each([['serve'], ['help', 'serve']])('of %s names every flag that there is', async (...args) => {
    const flags = args[0] === 'help' ? args : [...args, '--help'];
    const { code, stdout } = await exhook(flags);
    expect(code).toBe(0);
    for (const flag of ['config', 'record', ...keys.flatMap((key) => key.flags)]) {
      expect(stdout).toMatch(new RegExp(`--(\\[no-\\])?${flag}\\b`));
    }
  });

  it.each([
    ['check', ['<file>', 'Exit status']],
    ['hooks', ['flags of serve', '--config', '--listen-port', '--log-level']],
    ['replay', ['<recording...>', '--url', '--connections', '--speed', '--loop', '--summary', 'Exit status']],
    ['version', ['Print the version']],
    ['explain', ['authorize', 'authenticate']],
    [
      'explain authorize',
      [
        ...['--config', '--clientid', '--username', '--peerhost', '--cn', '--dn', '--tag'],
        ...['--publish', '--subscribe', 'Exit status'],
      ],
    ],
    [
      'explain authenticate',
      ['--config', '--clientid', '--username', '--peerhost', '--cn', '--dn', '--no-password', 'Exit status'],
    ],
    ['test', ['<file...>', '--tap', 'Exit status']],
    ['hash', ['[form]', 'argon2id', '--cost', '--memory', '--passes', '--log-n', '--iterations']],
  ])('of %s names its arguments and options', async (name, words) => {
    const { code, stdout, stderr } = await exhook([...name.split(' '), '--help']);
    expect([code, stderr]).toStrictEqual([0, '']);
    for (const word of words) expect(stdout).toContain(word);
  });
});

describe('a command that is used wrongly', () => {
  it.each([
    [['check'], /missing required argument 'file'/],
    [['replay'], /missing required argument 'recording'/],
    [['replay', v3, '--loop', '0'], /Write a whole number from 1/],
    [['replay', v3, '--connections', 'many'], /Write a whole number from 1/],
    [['replay', v3, '--speed', '0'], /Write a number above 0, or max/],
    [['replay', v3, '--url', 'localhost:9000'], /Write a URL such as http:\/\/127\.0\.0\.1:9000/],
    [['replay', v3, '--louder'], /unknown option '--louder'/],
  ])('%j explains the error, and exits with a status other than 0', async (args, says) => {
    const { code, stderr } = await exhook(args);
    expect(stderr).toMatch(says);
    expect(code).not.toBe(0);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it.each([
    ['serv', 'unknown command serv; did you mean serve?'],
    ['s3cr3t-value', 'unknown command; exhook --help lists the commands'],
  ])('reports that %s is not a subcommand', async (name, message) => {
    const { code, stdout, stderr } = await exhook([name]);
    expect([code, stdout, stderr]).toStrictEqual([2, '', `${message}\n`]);
  });
});

describe('exhook version', () => {
  it.each([['version'], ['--version'], ['-v']])('as %s prints the version of the package', async (arg) => {
    expect(await exhook([arg])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('exhook check', () => {
  it('says that a file is good', async () => {
    const path = temporaryFile('good.yaml', 'hooks: { register: [client.connected] }\n');
    const { code, stdout, stderr } = await exhook(['check', path]);
    expect([code, stderr]).toStrictEqual([0, '']);
    expect(stdout).toMatch(/good\.yaml is valid: 1 hook/);
  });

  it('prints every problem of a file that is not, and how many they are', async () => {
    const path = temporaryFile('bad.yaml', 'listen: { port: -1 }\nevents: { stdout: loud }\nlogs: {}\n');
    const { code, stdout, stderr } = await exhook(['check', path]);
    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr).toMatch(
      /bad\.yaml:1:17 listen\.port: .*\n.*bad\.yaml:2:19 events\.stdout: .*\n.*bad\.yaml:3:1 logs: /,
    );
    expect(stderr).toMatch(/\n3 problems\.\n$/);
  });

  it('knows a file that is not there', async () => {
    expect(await exhook(['check', '/nowhere.yaml'])).toMatchObject({
      code: 2,
      stderr: '/nowhere.yaml: cannot be read (ENOENT)\n\n1 problem.\n',
    });
  });
});

describe('exhook hooks', () => {
  it('lists the hooks that are registered, and why', async () => {
    const { code, stdout } = await exhook(['hooks']);
    expect(code).toBe(0);
    expect(stdout.match(/events go to standard output/g)).toHaveLength(17);
    expect(stdout).toMatch(/17 hooks are registered\.\n$/);
    expect(stdout).not.toMatch(/client\.auth/);
  });

  it('takes the flags of serve', async () => {
    const { code, stdout } = await exhook(['hooks', '--events-stdout', 'off']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No hook is registered/);
  });

  it('shows topics, and hooks that a module answers', async () => {
    const { code, stdout } = await exhook(['hooks', '--config', 'examples/custom-hooks/exhook.yaml']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^client\.authorize +\S/m);
    expect(stdout).toMatch(/^message\.publish +for devices\/#; /m);
  });

  it('refuses a configuration that is not good', async () => {
    expect(await exhook(['hooks', '--listen-port', 'x'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('exhook serve', () => {
  it.each([[[]], [['serve']]])('is what %j starts', async (args) => {
    const server = new RunningServer([...args, '--host', '127.0.0.1', '--port', '0'], { entry: 'cli.js' });
    onTestFinished(() => server.kill());
    await server.listening();
    expect(await (await fetch(`${server.url}/readyz`)).text()).toBe('ok\n');
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });
});

describe('exhook replay', () => {
  it.each([
    [v2, 169],
    [v3, 171],
  ])('of %s reports every call answered', async (path, count) => {
    const server = await startServer();
    const { code, stdout, stderr } = await exhook(['replay', path, '--url', server.url]);
    expect([code, stderr]).toStrictEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toBe(`${count} calls: ${count} answered, 0 failed`);
    expect(lines.filter((line) => /^ +\d+ {2}ok {5} /.test(line))).toHaveLength(count);
    expect(stdout).toMatch(/client\.connected +\d+\.\d\d ms {2}ok\n/);
    expect(stdout).toMatch(/message\.publish +\d+\.\d\d ms {2}unchanged\n/);
    expect(stdout).toMatch(/provider\.loaded +\d+\.\d\d ms {2}17 hooks\n/);
    await server.stop();
    expect(server.stdout.lines).toHaveLength(count === 169 ? 136 : 137);
  });

  it('of both, in a loop, on one connection, prints the summary alone when asked', async () => {
    const server = await startServer();
    const flags = ['--url', server.url, '--loop', '2', '--connections', '1', '--speed', 'max', '--summary'];
    const { code, stdout } = await exhook(['replay', v2, v3, ...flags]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^hook +calls +failed +p50 ms +p99 ms +max ms +replies\n/);
    expect(stdout).toMatch(/\n\n680 calls: 680 answered, 0 failed\n$/);
    expect(stdout).not.toMatch(/ ok /);
    await server.stop();
    expect(server.stdout.lines).toHaveLength(2 * (136 + 137));
  });

  it('keeps the pace of the recording when told to', async () => {
    const server = await startServer();
    const text = (await readFile(v3, 'utf8')).split('\n').slice(0, 2);
    const [first, second] = text.map((line) => JSON.parse(line));
    const path = temporaryFile(
      'two.jsonl',
      `${JSON.stringify({ ...first, at_ms: 0 })}\n${JSON.stringify({ ...second, at_ms: 4000 })}\n`,
    );
    expect((await exhook(['replay', path, '--url', server.url, '--speed', '4'])).code).toBe(0);
    await server.stop();
    const [before = 0, after = 0] = server.stdout.lines.map((line) => Date.parse(JSON.parse(line).time));
    // A lower bound, which no machine is too slow for.
    expect(after - before).toBeGreaterThanOrEqual(200);
  });

  it('against nothing says what to do, and ends with 2', async () => {
    const { code, stderr, stdout } = await exhook(['replay', v3, '--url', 'http://127.0.0.1:1']);
    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr).toBe(
      'cannot connect to http://127.0.0.1:1: ECONNREFUSED. Is the server running there? Start it with: node dist/server.js\n',
    );
  });

  it('against a server that answers errors reports them, and ends with 1', async () => {
    const url = await fakeServer((server) =>
      server.on('stream', (stream) => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.once('wantTrailers', () =>
          stream.sendTrailers({ 'grpc-status': '13', 'grpc-message': 'it%20broke' }),
        );
        stream.end();
      }),
    );
    const { code, stdout } = await exhook(['replay', v3, '--url', url]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED {2}client\.connected +\d+\.\d\d ms {2}status 13: it broke\n/);
    expect(stdout).toMatch(/\n171 calls: 0 answered, 171 failed\n$/);
  });

  it('against a server that is not one of gRPC reports it, and ends with 1', async () => {
    const url = await fakeServer((server) =>
      server.on('stream', (stream) => {
        stream.respond({ ':status': 404 });
        stream.end('not here');
      }),
    );
    const { code, stdout } = await exhook(['replay', v3, '--url', url, '--summary']);
    expect(code).toBe(1);
    expect(stdout).toContain('171 failed');
    expect(stdout).toContain('HTTP status 404 without a gRPC status');
  });

  it('names the lines of a recording that cannot be read, and sends nothing', async () => {
    const server = await startServer();
    const lines = (await readFile(v3, 'utf8')).split('\n').slice(0, 3);
    const text = [lines[0], '{', lines[1], '{"path":"/a/b"}', '{"path":7,"at_ms":-1}', ''].join('\n');
    const path = temporaryFile('broken.jsonl', text);
    const { code, stdout, stderr } = await exhook(['replay', v2, path, '--url', server.url]);
    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr.trimEnd().split('\n')).toStrictEqual([
      expect.stringMatching(/broken\.jsonl:2: is not JSON/),
      expect.stringMatching(/broken\.jsonl:4: path: is not an RPC/),
      expect.stringMatching(/broken\.jsonl:5: path: must be .*; at_ms: must be /),
    ]);
    await server.stop();
    expect(server.stdout.text).toBe('');
  });

  it('names a recording that is not there, and every one of several', async () => {
    const { code, stderr } = await exhook(['replay', '/nowhere/1.jsonl', '/nowhere/2.jsonl']);
    expect(code).toBe(2);
    expect(stderr).toBe('cannot read /nowhere/1.jsonl: ENOENT\ncannot read /nowhere/2.jsonl: ENOENT\n');
  });

  it('of an empty recording is not a success', async () => {
    const server = await startServer();
    const { code, stderr } = await exhook([
      'replay',
      temporaryFile('empty.jsonl', '\n'),
      '--url',
      server.url,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no calls/);
  });
});

describe('exhook serve --record', () => {
  it('writes what exhook replay sends again, without passwords, for its owner alone', async () => {
    const file = join(temporaryDirectory(), 'recording.jsonl');
    const first = await startServer(['--record', file]);
    expect((await exhook(['replay', v3, '--url', first.url, '--summary'])).code).toBe(0);
    expect(await first.stop()).toStrictEqual({ code: 0, signal: null });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    const calls = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(calls).toHaveLength(171);
    const passwords = calls.flatMap(({ message }) => message.clientinfo?.password ?? []);
    expect(passwords.length).toBeGreaterThan(0);
    expect(new Set(passwords)).toStrictEqual(new Set(['***']));
    for (const { message_base64 } of calls) {
      expect(Buffer.from(message_base64, 'base64').toString('latin1')).not.toMatch(/pw-|secret/i);
    }

    const second = await startServer();
    const { code, stdout } = await exhook(['replay', file, '--url', second.url, '--summary']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/171 calls: 171 answered, 0 failed\n$/);
    await second.stop();
    const facts = (server: RunningServer) =>
      server.stdout.lines.map((line) => {
        const { type, subject, data } = JSON.parse(line);
        return JSON.stringify({ type, subject, data });
      });
    expect(facts(second).toSorted()).toStrictEqual(facts(first).toSorted());
  });

  it('adds to a file that is there', async () => {
    const [line = ''] = (await readFile(v3, 'utf8')).split('\n');
    const file = temporaryFile('recording.jsonl', `${line}\n`);
    const server = await startServer(['--record', file]);
    expect((await exhook(['replay', v2, '--url', server.url, '--summary'])).code).toBe(0);
    await server.stop();
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(170);
  });
});

/** A server of HTTP/2 that does something else. @returns its URL. */
async function fakeServer(prepare: (server: Http2Server) => void): Promise<string> {
  const server = createServer();
  server.on('session', (session) => onTestFinished(() => session.destroy()));
  prepare(server);
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}
