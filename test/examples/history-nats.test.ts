/** The example of messages that are in NATS before their publishers are acknowledged, against the built server. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeReply } from '../../src/protocol/wire/describe-reply.ts';
import { aBroker } from '../program/support/broker.ts';
import { exhook, openServer, type RunningServer } from '../program/support/program.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';
import { isNatsMissing, type NatsServer, startNats } from '../support/servers/nats.ts';

const root = join(import.meta.dirname, '../..');
const recording = join(root, 'test/fixtures/recordings/emqx-5.10.3.jsonl');

describe.skipIf(isNatsMissing)('examples/history-nats', () => {
  let nats: NatsServer;
  let server: RunningServer;
  const directory = mkdtempSync(join(tmpdir(), 'exhook-history-'));

  beforeAll(async () => {
    nats = await startNats();
    const text = readFileSync(join(root, 'examples/history-nats/exhook.yaml'), 'utf8');
    const file = join(directory, 'exhook.yaml');
    writeFileSync(file, text.replace('127.0.0.1:4222', `127.0.0.1:${nats.port}`));
    server = await openServer(['--config', file]).listening();
  });
  afterAll(async () => {
    await server?.stop();
    await nats?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const show = async () => {
    const script = join(root, 'examples/history-nats/show.mjs');
    return await promisify(execFile)(process.execPath, [script, `nats://127.0.0.1:${nats.port}`]);
  };

  it('has every message of a recorded life in the stream, once, though it is published twice', async () => {
    const published = readFileSync(recording, 'utf8')
      .split('\n')
      .filter((line) => line.includes('/OnMessagePublish'))
      .map((line) => JSON.parse(line).message.message as { from: string; topic: string });
    for (let i = 0; i < 2; i++) {
      const { code, stdout } = await exhook(['replay', recording, '--url', server.url, '--summary']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('0 failed')]);
    }
    const { stdout } = await show();
    const shown = stdout.trim().split('\n');
    expect(shown.at(-1)).toBe(`${published.length} messages`);
    expect(
      shown
        .slice(0, -1)
        .map((line) => / from (\S+) /.exec(line)?.[1])
        .sort(),
    ).toEqual(published.map(({ from }) => from).sort());
  });

  it('stops messages while NATS is down, and passes them when it is back', async () => {
    const rpc = rpcFor('message.publish');
    const broker = aBroker(server.url);
    const publish = async (id: string) => {
      const message = { id, topic: 't/a', from: 'c', payload: new TextEncoder().encode('hello') };
      await broker.connected();
      const { reply } = await broker.call(rpc.path, requestOf(rpc, { message }), {
        deadline: Date.now() + 3_000,
      });
      return reply === undefined ? 'nothing' : describeReply(rpc, reply);
    };
    await nats.stop();
    expect(await publish('while-down')).toBe('drop');
    await nats.start();
    await expect
      .poll(async () => await publish('when-back'), { timeout: 20_000, interval: 200 })
      .toBe('unchanged');
    expect((await show()).stdout).toContain('mqtt.t.a  from c');
  });
});
