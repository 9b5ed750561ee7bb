import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ReplayArguments, replayCommand } from '../../../src/cli/commands/replay.ts';
import { aFile, aTerminal } from './fake-terminal.ts';

const PATH = '/emqx.exhook.v3.HookProvider/OnClientConnected';
const line = (fields: object = {}) =>
  `${JSON.stringify({ path: PATH, message: { clientinfo: {} }, ...fields })}\n`;

/** Answers every call with success, but the first few of each connection with an error. */
async function aServer(failures = 0): Promise<{ url: string; connections: () => number }> {
  const server = createServer();
  let sessions = 0;
  let left = failures;
  server.on('session', (session) => {
    sessions++;
    onTestFinished(() => session.destroy());
  });
  server.on('stream', (stream) => {
    const status = left-- > 0 ? '13' : '0';
    stream.resume().once('end', () => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.once('wantTrailers', () =>
        stream.sendTrailers({ 'grpc-status': status, 'grpc-message': 'oh%20no' }),
      );
      stream.end(status === '0' ? Buffer.alloc(5) : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => sessions };
}

const args = (given: Partial<ReplayArguments>): ReplayArguments => ({
  recordings: [],
  url: 'http://127.0.0.1:1',
  connections: 8,
  speed: Number.POSITIVE_INFINITY,
  loop: 1,
  summary: false,
  ...given,
});

describe('exhook replay', () => {
  it('prints a line for each call, with the line of the recording, and then the summary', async () => {
    const { url } = await aServer();
    const terminal = aTerminal();
    const recordings = [aFile('a.jsonl', `\n${line()}\n${line()}`)];
    expect(await replayCommand(args({ recordings, url }), terminal)).toBe(0);
    expect(terminal.complained).toStrictEqual([]);
    expect(terminal.printed).toHaveLength(3);
    expect(terminal.printed[0]).toMatch(/^ {4}2 {2}ok {6}client\.connected {5} +\d+\.\d\d ms {2}ok$/);
    expect(terminal.printed[1]).toMatch(/^ {4}4 {2}ok /);
    expect(terminal.printed[2]).toMatch(/^\nhook .*\n\n2 calls: 2 answered, 0 failed$/s);
  });

  it('prints the summary only, when asked', async () => {
    const { url } = await aServer();
    const terminal = aTerminal();
    const recordings = [aFile('a.jsonl', line())];
    expect(await replayCommand(args({ recordings, url, summary: true, loop: 5 }), terminal)).toBe(0);
    expect(terminal.printed).toStrictEqual([
      expect.stringMatching(/^hook .*5 calls: 5 answered, 0 failed$/s),
    ]);
  });

  it('ends with 1 when a call failed, and marks it', async () => {
    const { url } = await aServer(1);
    const terminal = aTerminal();
    const recordings = [aFile('a.jsonl', line() + line())];
    expect(await replayCommand(args({ recordings, url }), terminal)).toBe(1);
    expect(terminal.printed[0]).toMatch(/^ {4}1 {2}FAILED {2}client\.connected .* status 13: oh no$/);
    expect(terminal.printed.at(-1)).toMatch(/2 calls: 1 answered, 1 failed$/);
  });

  it('uses separate connections for each of several recordings', async () => {
    const { url, connections } = await aServer();
    const recordings = [aFile('a.jsonl', line()), aFile('b.jsonl', line() + line({ connection: 2 }))];
    expect(await replayCommand(args({ recordings, url }), aTerminal())).toBe(0);
    expect(connections()).toBe(3);
  });

  it('uses at most the allowed number of connections', async () => {
    const { url, connections } = await aServer();
    const recordings = [aFile('a.jsonl', line() + line({ connection: 2 }) + line({ connection: 3 }))];
    expect(await replayCommand(args({ recordings, url, connections: 2 }), aTerminal())).toBe(0);
    expect(connections()).toBe(2);
  });

  it('names every line that cannot be read, of every recording, and sends nothing', async () => {
    const { url, connections } = await aServer();
    const terminal = aTerminal();
    const recordings = [aFile('a.jsonl', `${line()}nonsense\n`), aFile('b.jsonl', '{}'), '/nowhere.jsonl'];
    expect(await replayCommand(args({ recordings, url }), terminal)).toBe(2);
    expect(terminal.complained).toStrictEqual([
      expect.stringMatching(/a\.jsonl:2: is not JSON/),
      expect.stringMatching(/b\.jsonl:1: path: must be /),
      'cannot read /nowhere.jsonl: ENOENT',
    ]);
    expect(connections()).toBe(0);
  });

  it('says how many calls are left out because their bytes were not recorded', async () => {
    const { url } = await aServer();
    const terminal = aTerminal();
    const recordings = [aFile('a.jsonl', line() + line({ message: undefined, error: '3 bytes' }))];
    expect(await replayCommand(args({ recordings, url }), terminal)).toBe(0);
    expect(terminal.complained).toStrictEqual([
      expect.stringMatching(/skipped 1 call: the bytes were not recorded$/),
    ]);
  });

  it.each(['', '\n\n', line({ message: undefined, error: '3 bytes' })])(
    'has nothing to do for %j, and says so',
    async (text) => {
      const terminal = aTerminal();
      const recordings = [aFile('a.jsonl', text)];
      expect(await replayCommand(args({ recordings }), terminal)).toBe(2);
      expect(terminal.complained.at(-1)).toMatch(/^there are no calls in .*a\.jsonl$/);
      expect(terminal.printed).toStrictEqual([]);
    },
  );

  it('says what to do when nobody listens', async () => {
    const terminal = aTerminal();
    const recordings = [aFile('a.jsonl', line())];
    expect(await replayCommand(args({ recordings }), terminal)).toBe(2);
    expect(terminal.complained).toStrictEqual([
      'cannot connect to http://127.0.0.1:1: ECONNREFUSED. Is the server running there? Start it with: node dist/server.js',
    ]);
  });

  it('removes its progress line at the end, on a terminal', async () => {
    const { url } = await aServer();
    const terminal = aTerminal({ isInteractive: true });
    await replayCommand(args({ recordings: [aFile('a.jsonl', line())], url }), terminal);
    expect(terminal.progressed.at(-1)).toBe('');
  });

  it('shows no progress to a file', async () => {
    const { url } = await aServer();
    const terminal = aTerminal();
    await replayCommand(args({ recordings: [aFile('a.jsonl', line())], url }), terminal);
    expect(terminal.progressed).toStrictEqual([]);
  });

  it.each([
    ['http://127.0.0.1:1', 'x', 'is for TLS: write --url https://'],
    ['https://127.0.0.1:1', 'absent', /^--ca: cannot read .*absent: ENOENT$/],
    ['https://127.0.0.1:1', 'x', /^--ca: .*x holds no certificate in PEM$/],
  ])('does not take --ca for %s and %s', async (url, name, problem) => {
    const terminal = aTerminal();
    const ca = aFile('x', 'no certificate').replace(/x$/, name);
    const recordings = [aFile('a.jsonl', line())];
    expect(await replayCommand(args({ recordings, url, ca }), terminal)).toBe(2);
    expect(terminal.complained).toStrictEqual([
      typeof problem === 'string' ? expect.stringContaining(problem) : expect.stringMatching(problem),
    ]);
  });
});
