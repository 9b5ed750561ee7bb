/** Message rules in the built server, asked by grpc-js as a broker asks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../src/protocol/wire/encode-request.ts';
import { rpcs } from '../../src/protocol/wire/rpc.ts';
import type { Version } from '../../src/protocol/wire/versions.ts';
import { check } from '../support/check.ts';
import { aMessage } from '../support/inputs.ts';
import { type RecordedCall, readRecording } from '../support/recordings.ts';
import { rpcFor } from '../support/runtime.ts';
import { root } from '../support/source.ts';
import { v1Life } from '../support/v1-life.ts';
import { type Broker, wordsOf } from './support/broker.ts';
import { serverOf } from './support/policy-server.ts';
import { exhook, hurried, run, temporaryDirectory, temporaryFile } from './support/program.ts';

interface WireMessage {
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a broker does then: `unchanged`, `dropped`, or the message that passes. */
function readAnswer(words: unknown): string {
  if (words === 'ignore') return 'unchanged';
  if (typeof words !== 'object') return String(words);
  const { topic, qos, payload, headers } = words as WireMessage;
  if (headers.allow_publish === 'false') return 'dropped';
  return `${topic} ${qos} ${showBytes(payload)}`;
}

function showBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  return Buffer.from(text).equals(bytes) ? JSON.stringify(text) : `0x${Buffer.from(bytes).toString('hex')}`;
}

async function publish(broker: Broker, message: object, version: Version = 'v3'): Promise<string> {
  const rpc = rpcs.find((candidate) => candidate.hook === 'message.publish' && candidate.version === version);
  if (rpc === undefined) throw new Error(`no message.publish in ${version}`);
  const request = encodeRequest(rpc, { message: { ...aMessage(), ...message } });
  return readAnswer(wordsOf(rpc.path, await broker.call(rpc.path, request)));
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe.each<Version>(['v1', 'v2', 'v3'])('message rules over version %s', (version) => {
  it('leave a message as it is, drop it, or send it back whole', async () => {
    const { server, broker } = await serverOf({
      publish: {
        rules: [
          { name: 'no', topics: 'no/#', drop: 'not wanted' },
          {
            name: 'change',
            topics: 'in/#',
            decode: 'json',
            set: { topic: 'out/${clientid}', qos: 2, payload: { by: '${clientid}' } },
          },
        ],
      },
      decisions: { log: 'all' },
    });
    expect(await publish(broker, { topic: 'other' }, version)).toBe('unchanged');
    expect(await publish(broker, { topic: 'no/1' }, version)).toBe('dropped');
    expect(await publish(broker, { topic: 'in/1', from: 'c1', payload: bytes('{"a":1}') }, version)).toBe(
      'out/c1 2 "{\\"a\\":1,\\"by\\":\\"c1\\"}"',
    );
    expect(await publish(broker, { topic: 'in/1', from: 'c1', payload: bytes('{"a"') }, version)).toBe(
      'unchanged',
    );
    await server.stop();
    const told = server.log.filter(({ decision }) => decision !== undefined);
    expect(told.map(({ message, by, reason, failed }) => [message, by, reason, failed])).toEqual([
      ['passed on unchanged', 'otherwise', 'no rule matches', undefined],
      ['dropped', 'no', 'not wanted', undefined],
      ['rewritten', 'change', 'changed: topic, qos, payload', undefined],
      ['passed on unchanged', 'change', expect.stringMatching(/^decode json: the payload /), true],
    ]);
    expect(told[1]).toMatchObject({ hook: 'message.publish', topic: 'no/1', qos: 1, ms: expect.any(Number) });
  });

  it('keep the headers and all else of a message', async () => {
    const { broker } = await serverOf({ publish: { rules: [{ set: { topic: 'x' } }] } });
    const rpc = rpcs.find(
      (candidate) => candidate.hook === 'message.publish' && candidate.version === version,
    );
    const message = aMessage({ headers: { username: 'bob', custom: 'kept' } });
    const answer = wordsOf(
      rpc?.path ?? '',
      await broker.call(rpc?.path ?? '', encodeRequest(rpc as never, { message })),
    );
    expect(answer).toMatchObject({
      id: message.id,
      from: message.from,
      timestamp: message.timestamp,
      node: message.node,
      headers: { username: 'bob', custom: 'kept' },
      topic: 'x',
    });
  });
});

/** What the recorded clients publish, and the results: test/fixtures/expected/messages.NAME.txt */
const recorded = {
  publish: {
    rules: [
      { name: 'no empty', topics: 't/#', require: { payload: { minBytes: '1B' } } },
      {
        name: 'no bytes',
        topics: 't/a',
        when: 'payload == b"\\x00\\x01\\x02\\xff\\xfe"',
        drop: 'is no text',
      },
      { name: 'bob', topics: 't/+', who: { username: 'bob' }, set: { qos: 1 } },
      { name: 'by sender', topics: 't/c/#', set: { topic: '${topic[0]}/${clientid}/${topic[2]}' } },
      {
        name: 'packed',
        topics: 'v5/t',
        when: 'props["Content-Type"] == "application/json"',
        encode: 'base64',
      },
      {
        name: 'offline',
        topics: 'sh/+',
        when: 'payload == b"while-offline"',
        set: { payload: '${clientid} ${timestamp}' },
      },
      { name: 'own wills', topics: 'will/+', set: { topic: 'wills/${username}' } },
      { name: 'JSON', topics: 'm/#', decode: 'json', onError: 'drop' },
    ],
  },
  decisions: { log: 'all' },
};

describe.each<[string, RecordedCall[]]>([
  ['emqx-5.10.3', readRecording('emqx-5.10.3')],
  ['emqx-5.3.2', readRecording('emqx-5.3.2')],
  ['emqx-4.4.3', v1Life({ meta: true })],
  ['emqx-4.3.0', v1Life({ meta: false })],
])('the messages of %s', (name, life) => {
  it('have the outcomes in the committed table', async () => {
    const { server, broker } = await serverOf(recorded);
    const rows: [string, string][] = [];
    for (const call of life) {
      if (!call.path.endsWith('/OnMessagePublish')) continue;
      const { from, topic, qos = 0, payload = '' } = call.message.message as Record<string, string>;
      const given = `${call.seq} ${from} ${topic} ${qos} ${showBytes(Buffer.from(payload, 'base64'))}`;
      rows.push([given, readAnswer(wordsOf(call.path, await broker.send(call)))]);
    }
    await server.stop();
    const decisions = server.log.filter(({ decision }) => decision !== undefined);
    const lines = rows.map(([given, outcome], i) => {
      const { by, reason, conditions } = (decisions[i] ?? {}) as Record<string, unknown>;
      const failed =
        conditions === undefined ? '' : ` (when failed: ${(conditions as { rule: string }[])[0]?.rule})`;
      return `${given} -> ${outcome}, by ${by}: ${reason}${failed}`;
    });
    const file = join(root, 'test/fixtures/expected', `messages.${name}.txt`);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(file);
    expect(lines).toHaveLength(name === 'emqx-5.10.3' ? 14 : 13);
    // Nothing of a payload is in the log.
    expect(server.stderr.text).not.toContain('hello-qos1');
  });
});

describe('bad payloads', () => {
  const zeros = gzipSync(Buffer.alloc(64 * 2 ** 20));
  const cbor = (...head: number[]) => Uint8Array.from(head);
  const cases: [string, object | string, Uint8Array, RegExp][] = [
    ['a bomb of zeros', ['gzip', 'json'], zeros, /^decode gzip: the payload is larger than 1048576 bytes$/],
    [
      'deep JSON',
      'json',
      bytes('['.repeat(100_000)),
      /^decode json: the payload nests deeper than 64 levels$/,
    ],
    ['deep CBOR', 'cbor', new Uint8Array(100_000).fill(0x81), /nests deeper than 64 levels$/],
    ['deep MessagePack', 'msgpack', new Uint8Array(100_000).fill(0x91), /nests deeper than 64 levels$/],
    ['an announced billion', 'cbor', cbor(0x9a, 0x3b, 0x9a, 0xca, 0x00), /^decode cbor: the payload /],
    ['half a gzip', 'gzip', gzipSync('{}').subarray(0, 12), /^decode gzip: the payload /],
    ['half a JSON', 'json', bytes('{"a":'), /^decode json: the payload is not JSON/],
    ['bytes that are no text', 'json', Uint8Array.of(0xff, 0xfe), /^decode json: the payload /],
    ['no base64', 'base64', bytes('***'), /^decode base64: the payload /],
    ['a key that means a prototype', 'json', bytes('{"__proto__":{"x":1}}'), /has a key "__proto__"$/],
    ['nothing', 'cbor', new Uint8Array(), /^decode cbor: the payload /],
  ];

  it('are dropped with the reason, in bounded memory, and the server continues', async () => {
    const rules = cases.map(([, decode], i) => ({ name: `r${i}`, topics: `bad/${i}`, decode }));
    const { server, broker } = await serverOf({
      publish: { onError: 'drop', rules },
      decisions: { log: 'denied' },
    });
    for (const [i, [name, , payload]] of cases.entries())
      expect([name, await publish(broker, { topic: `bad/${i}`, payload })]).toEqual([name, 'dropped']);
    expect(await publish(broker, { topic: 'good' })).toBe('unchanged');
    await server.stop();
    const reasons = server.log.filter(({ decision }) => decision !== undefined).map(({ reason }) => reason);
    expect(reasons).toEqual(cases.map(([, , , reason]) => expect.stringMatching(reason)));
  });
});

describe('a start', () => {
  const refused = async (config: object, files: Readonly<Record<string, string>> = {}): Promise<string> => {
    const directory = temporaryDirectory();
    for (const [name, text] of Object.entries(files)) temporaryFile(name, text, directory);
    const path = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
    const { code, stderr } = await run(['--config', path], { env: { HOST: '127.0.0.1', PORT: '0' } });
    const checked = await check(path);
    expect([code, checked.code]).toEqual([2, 2]);
    return stderr.replaceAll(`${directory}/`, '');
  };
  const descriptors = join(root, 'examples/payload-gateway/sensors.binpb');
  const protobuf = (message: string, file = descriptors) => ({ protobuf: { descriptors: file, message } });

  it.each<[string, object, RegExp]>([
    [
      'a condition that is no CEL',
      { when: 'qos = 1' },
      /^exhook\.yaml:1:\d+ publish\.rules\[0\]\.when: column 5: cannot be read as CEL from here: "= 1"$/m,
    ],
    [
      'a condition on nothing',
      { when: 'qoz == 1' },
      /^exhook\.yaml:1:\d+ publish\.rules\[0\]\.when: column 1: there is no variable "qoz"; there are topic, qos, /m,
    ],
    [
      'no descriptor set',
      { decode: protobuf('a.B', './none.binpb') },
      /^exhook\.yaml:1:\d+ publish\.rules\[0\]\.decode: cannot be opened \(ENOENT\)$/m,
    ],
    [
      'a descriptor set without the message',
      { decode: ['gzip', protobuf('a.B')] },
      /^exhook\.yaml:1:\d+ publish\.rules\[0\]\.decode\[1\]: .*has no message "a\.B"; it has plant\.sensors\.v1\.Reading, plant\.sensors\.v1\.Report$/m,
    ],
    [
      'a descriptor set that is none',
      { decode: protobuf('a.B', './text.binpb') },
      /^exhook\.yaml:1:\d+ publish\.rules\[0\]\.decode: /m,
    ],
    [
      'a schema with remote references',
      { decode: 'json', require: { schema: { $ref: 'https://example.com/s.json' } } },
      /^exhook\.yaml:1:\d+ publish\.rules\[0\]\.require\.schema: /m,
    ],
    [
      'no schema',
      { decode: 'json', require: { schema: './none.json' } },
      /^exhook\.yaml:1:\d+ publish\.rules\[0\]\.require\.schema: cannot be opened \(ENOENT\)$/m,
    ],
    [
      'what ExHook cannot change',
      { set: { retain: true } },
      /publish\.rules\[0\]\.set\.retain: cannot be changed: EMQX accepts changes of topic, QoS and payload only; remove retain$/m,
    ],
    [
      'a topic that is none',
      { set: { topic: '$SYS/x' } },
      /publish\.rules\[0\]\.set\.topic: is not a topic: it must not be under \$SYS$/m,
    ],
  ])('with %s is refused, with its place', async (_, rule, problem) => {
    const config = { publish: { rules: [{ stop: true, ...rule }] } };
    expect(await refused(config, { 'text.binpb': 'no descriptor set' })).toMatch(problem);
  });

  it('with a wrong condition of an authorization rule is refused, too', async () => {
    const config = { authorize: { rules: [{ allow: 'publish', topics: 'a', when: 'topik == "a"' }] } };
    expect(await refused(config)).toMatch(
      /^exhook\.yaml:1:\d+ authorize\.rules\[0\]\.when: column 1: there is no variable "topik"; there are clientid,/m,
    );
  });

  it('with rules and a custom hook for the same call is refused', async () => {
    const directory = temporaryDirectory();
    temporaryFile('h.mjs', 'export default { name: "message.publish", decide: () => ({}) }', directory);
    const config = { publish: { rules: [{ stop: true }] }, hooks: { custom: ['h.mjs'] } };
    const path = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
    const { code, stderr } = await run(['--config', path], { env: { HOST: '127.0.0.1', PORT: '0' } });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'publish: a custom hook answers message.publish (hooks.custom); remove one of the two',
      ),
    ]);
  });
});

describe('a message that was not judged at message.ingress', () => {
  const rules = [
    { topics: 'no/#', drop: 'not wanted' },
    { topics: 'in/#', set: { topic: 'out/${topic}' } },
  ];
  const call = async (broker: Broker, hook: 'message.ingress' | 'message.publish', message: object) => {
    const rpc = rpcFor(hook);
    const request = encodeRequest(rpc, {
      meta: { node: 'emqx@a', version: '6.3.0' },
      message: { ...aMessage({ headers: { protocol: 'mqtt', username: 'bob' } }), ...message },
      clientinfo: { node: 'emqx@a', clientid: 'c1' },
    });
    return readAnswer(wordsOf(rpc.path, await broker.call(rpc.path, request)));
  };
  const start = async () => (await serverOf({ publish: { at: 'ingress', ingress: 'always', rules } })).broker;

  it('is judged at message.publish: its ingress call failed, and the broker went on', async () => {
    const broker = await start();
    expect(await call(broker, 'message.ingress', { id: 'A1', topic: 'in/1' })).toMatch(/^out\/in\/1 /);
    expect(await call(broker, 'message.publish', { id: 'A1', topic: 'out/in/1' })).toBe('unchanged');
    // Of the same node, whose ingress call cannot be read, is shed, or does not arrive.
    const unreadable = await broker.call(rpcFor('message.ingress').path, new Uint8Array([0xff]));
    expect(unreadable.status).not.toBe(0);
    expect(await call(broker, 'message.publish', { id: 'A2', topic: 'no/2' })).toBe('dropped');
    expect(await call(broker, 'message.publish', { id: 'A3', topic: 'in/3' })).toMatch(/^out\/in\/3 /);
  });

  it('is judged at message.publish when the broker did not take the answer of message.ingress', async () => {
    const broker = await start();
    await call(broker, 'message.ingress', { id: 'B1', topic: 'in/1' });
    expect(await call(broker, 'message.publish', { id: 'B1', topic: 'in/1' })).toMatch(/^out\/in\/1 /);
    expect(await call(broker, 'message.ingress', { id: 'B2', topic: 'no/2' })).toBe('dropped');
    expect(await call(broker, 'message.publish', { id: 'B2', topic: 'no/2' })).toBe('dropped');
    const headers = { protocol: 'mqtt', allow_publish: 'false' };
    expect(await call(broker, 'message.publish', { id: 'B3', topic: 'no/2', headers })).toBe('unchanged');
  });
});

describe('the hooks that brokers receive', () => {
  it('has exactly the topics of the rules', async () => {
    const rules = [
      { topics: ['in/${clientid}/x', 'a/#'], stop: true },
      { topics: 'a/b', stop: true },
    ];
    const path = temporaryFile(
      'exhook.yaml',
      JSON.stringify({ events: { stdout: 'off' }, publish: { rules } }),
    );
    const { stdout } = await exhook(['hooks', '--config', path]);
    expect(stdout).toContain('message.publish');
    expect(stdout).toContain('in/+/x, a/#');
    expect(stdout).toContain('rules decide messages (publish)');
    expect(stdout).not.toContain('a/b');
  });
});

describe('a change while it runs', () => {
  it('takes effect between two messages, files read again included, and a broken one changes nothing', async () => {
    const section = (schema: string) => ({
      publish: { rules: [{ topics: 'a', decode: 'json', require: { schema } }] },
    });
    const files = { 'one.json': '{"required":["one"]}', 'two.json': '{"required":["two"]}' };
    const { server, broker, path } = await serverOf(section('./one.json'), files, [], { env: hurried });
    const payload = bytes('{"one":1}');
    expect(await publish(broker, { topic: 'a', payload })).toBe('unchanged');
    writeFileSync(path, JSON.stringify({ events: { stdout: 'off' }, ...section('./two.json') }));
    await server.logged(/^the configuration was reloaded and is in effect$/);
    expect(await publish(broker, { topic: 'a', payload })).toBe('dropped');
    writeFileSync(join(path, '../two.json'), '{"required":["one"]}');
    server.signal('SIGHUP');
    await server.stderr.until(
      'it read its configuration twice',
      () =>
        server.log.filter(({ message }) => message.startsWith('the configuration was reloaded')).length === 2,
    );
    expect(await publish(broker, { topic: 'a', payload })).toBe('unchanged');
    writeFileSync(path, JSON.stringify(section('./none.json')));
    await server.logged(/^reload rejected/);
    expect(await publish(broker, { topic: 'a', payload })).toBe('unchanged');
    expect(readFileSync(path, 'utf8')).toContain('none.json');
  });
});

describe('conditions of authorization rules', () => {
  it('are asked of live calls', async () => {
    const rules = [
      {
        name: 'small hours',
        allow: 'publish',
        topics: 'a/#',
        when: 'username == "ann" && topic != "a/secret"',
      },
    ];
    const { broker } = await serverOf({ authorize: { rules } });
    const rpc = rpcs.find(({ hook, version }) => hook === 'client.authorize' && version === 'v3');
    const ask = async (username: string, topic: string) => {
      const request = encodeRequest(rpc as never, {
        clientinfo: { clientid: 'c', username },
        type: 0,
        topic,
      });
      return wordsOf(rpc?.path ?? '', await broker.call(rpc?.path ?? '', request));
    };
    expect([await ask('ann', 'a/b'), await ask('ann', 'a/secret'), await ask('bob', 'a/b')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
