/** `exhook compare` on the recorded lives of two brokers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CompareArguments, compareCommand } from '../../../src/cli/commands/compare.ts';
import { recordMessage } from '../../../src/protocol/wire/recording.ts';
import { findRpc } from '../../../src/protocol/wire/rpc.ts';
import { bytesOf, type RecordedCall, readRecording, recordings } from '../../support/recordings.ts';
import { aTerminal } from '../../support/terminal.ts';
import { v1Life } from '../../support/v1-life.ts';

/** Of the same script: the third recording is of another life. */
const names = recordings.filter((name) => name !== 'emqx-6.3-ingress');
const lives: Record<string, RecordedCall[]> = Object.fromEntries(
  names.map((name) => [name, readRecording(name)]),
);
/** The same life as the broker of an older version would have sent it. */
lives['emqx-4.4.3'] = v1Life({ meta: true });

/** As our recorder writes it: passwords replaced. */
function asRecorded(name: string): string {
  const lines = (lives[name] ?? []).map((call) => {
    const rpc = findRpc(call.path);
    if (rpc === undefined) throw new Error(call.path);
    const { seq, at_ms, connection, path, headers } = call;
    return JSON.stringify({ seq, at_ms, connection, path, headers, ...recordMessage(rpc, bytesOf(call)) });
  });
  return `${lines.join('\n')}\n`;
}

const passwords = ['s3cret', 'pw5'];

async function compare(life: string, before: string, after: string, options: Partial<CompareArguments> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-commands-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const args = {
    ...{ before: write('old.yaml', before), after: write('new.yaml', after) },
    recordings: [write('life.jsonl', asRecorded(life))],
    ...{ limit: 20, changedOnly: false, json: false, ...options },
  };
  const terminal = aTerminal();
  const status = await compareCommand(args, {}, terminal);
  for (const password of passwords) expect(terminal.output).not.toContain(password);
  return { status, output: terminal.output, errors: terminal.errors.replaceAll(`${directory}/`, '') };
}

const hash = '$2b$04$bbcGNzx0O.qC4jLxBUJp7.XVH5GN/iiBQNVA5GFuy.mkQkv3m1Mda';
const user = (name: string) => `          - { username: ${name}, hash: "${hash}" }`;
const policy = `
authenticate:
  methods:
    - users:
        list:
${['alice', 'bob', 'carol', 'mu'].map(user).join('\n')}
    - anonymous: { who: { clientid: [p5, dup, hash, killed, "mosq-sub"] } }
authorize:
  rules:
    - { name: t, allow: all, topics: ["t/#", "v5/#", "sh/#", "m/#"] }
    - { name: wills, allow: publish, topics: ["will/#"] }
publish:
  rules:
    - { name: one, topics: "t/#", set: { qos: 1 } }
`;

describe.each(Object.keys(lives))('exhook compare on the life of %s', (life) => {
  it('says that the same configuration changes nothing', async () => {
    const { status, output, errors } = await compare(life, policy, policy);
    expect([status, errors]).toStrictEqual([0, '']);
    expect(output).toMatch(/^client\.authenticate +1[34] +1[34] +0 +0$/m);
    expect(output).toMatch(/^client\.authorize +(19|20) +(19|20) +0 +0$/m);
    expect(output).toMatch(/^message\.publish +1[34] +1[34] +0 +0$/m);
    expect(output).toContain(
      'Among the unchanged: 6 calls for which both files need the same unrecorded data.',
    );
  });

  it('shows what a stricter policy would stop', async () => {
    const tightened = policy.replace('"sh/#", "m/#"', '"m/#"').replace(', hash, killed,', ', killed,');
    const { status, output } = await compare(life, policy, tightened, { changedOnly: true });
    expect(status).toBe(1);
    expect(
      output.replace(/line +\d+/g, 'line N'),
    ).toBe(`client.authenticate  allow (anonymous) -> deny (otherwise)
  1 call, 1 client: hash
    line N  hash  login from 127.0.0.1

client.authorize  allow (t) -> deny (otherwise)
  3 calls, 2 clients: v5-client, p5
  3 topics: sh/#, sh/1, sh/2
    line N  v5-client  subscribe  sh/#
    line N  p5         publish    sh/1
    line N  p5         publish    sh/2

4 calls would change, in 2 ways.`);
  });

  it('shows the result for messages, also without text', async () => {
    const other = policy.replace('set: { qos: 1 }', 'encode: base64, set: { qos: 1 }');
    const { output } = await compare(life, policy, other, { only: ['publish'], changedOnly: true });
    expect(output).toContain('      payload: "hello-qos1"\n            -> "aGVsbG8tcW9zMQ=="\n');
    expect(output).toContain('      payload: 0x000102fffe (5 bytes)\n            -> "AAEC//4="\n');
    expect(output).toContain('message.publish  rewritten (one) -> rewritten (one)');
    expect(output).toContain('message.publish  unchanged (one) -> rewritten (one)');
  });

  it('does not guess the result for a new password', async () => {
    const rotated = policy.replace(hash, hash.replace('Mda', 'Mdb'));
    const { status, output } = await compare(life, policy, rotated);
    expect(status).toBe(1);
    expect(output).toContain('These may also change: the recording lacks data to tell.');
    expect(output).toMatch(/needs the password\)\n {2}1 call, 1 client: sub-a\n/);
  });

  it('reports errors in the new configuration, with their place', async () => {
    const { status, output, errors } = await compare(life, policy, policy.replace('allow: all', 'alow: all'));
    expect([status, output]).toStrictEqual([2, '']);
    expect(errors).toMatch(/^new\.yaml:\d+:\d+ authorize\.rules\[0\]/);
  });
});
