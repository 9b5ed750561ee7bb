import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { differences } from '../../../src/cli/commands/differences.ts';
import { explainMessageCommand } from '../../../src/cli/commands/explain-message.ts';
import { bytesOfPayload, comparePayload, showPayload } from '../../../src/cli/commands/payload.ts';
import { testCommand } from '../../../src/cli/commands/test.ts';
import { aTerminal } from '../../support/terminal.ts';

function directoryOf(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-messages-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

const policy = {
  publish: {
    rules: [
      { name: 'read', topics: 'in/#', decode: 'json' },
      { name: 'hot', topics: 'in/#', when: 'payload.t > 90', drop: 'too hot' },
      { name: 'out', topics: 'in/+', set: { topic: 'out/${clientid}', payload: { by: '${clientid}' } } },
      { name: 'own', topics: 'own/${clientid}', who: { username: 'ann' }, stop: true },
    ],
  },
};

async function runTests(messages: readonly object[], tap = false, config: object = policy) {
  const directory = directoryOf({
    'exhook.yaml': JSON.stringify(config),
    'tests.yaml': JSON.stringify({
      config: './exhook.yaml',
      tests: [{ name: 'c', client: { clientid: 'c1' }, publish: messages }],
    }),
    'payload.json': '{"t":1}',
  });
  const terminal = aTerminal();
  const status = await testCommand([join(directory, 'tests.yaml')], { tap }, {}, terminal);
  return { status, output: terminal.output, errors: terminal.errors.replaceAll(`${directory}/`, '') };
}

describe('exhook test with publish', () => {
  it('passes results that match', async () => {
    const { status, output } = await runTests([
      { topic: 'x', expect: 'unchanged', by: 'otherwise' },
      { topic: 'in/1', payload: { json: { t: 99 } }, expect: { dropped: 'too hot' }, by: 'hot' },
      { topic: 'in/1', payload: { file: 'payload.json' }, expect: 'rewritten', by: 'read, out' },
      {
        topic: 'in/1',
        qos: 1,
        payload: '{"t":1.0}',
        expect: { rewritten: { topic: 'out/c1', payload: { json: { by: 'c1', t: 1 } } } },
      },
      {
        topic: 'in/1',
        payload: { base64: 'eyJ0Ijox fQ==' },
        expect: { rewritten: { topic: 'out/c1', payload: '{"t":1,"by":"c1"}' } },
      },
      {
        topic: 'in/1',
        payload: { hex: '7b7d' },
        expect: { rewritten: { topic: 'out/c1', payload: { hex: '7b226279223a226331227d' } } },
      },
    ]);
    expect(status).toBe(0);
    expect(output).toContain('ok    c: publish in/1: dropped, by hot');
    expect(output).toContain('6 facts, all as expected.');
    expect(output).toContain('3 of 4 message rules applied; never: own.');
  });

  it('prints differences in readable form', async () => {
    const { status, output } = await runTests([
      { topic: 'in/1', payload: { json: { t: 99 } }, expect: 'unchanged' },
      { topic: 'in/1', payload: { json: { t: 99 } }, expect: { dropped: 'too cold' } },
      {
        topic: 'in/1',
        payload: { json: { t: 1, l: [1, 2], gone: 1 } },
        expect: {
          rewritten: {
            topic: 'out/c2',
            qos: 2,
            payload: { json: { t: 1, l: [1, 3, 4], by: 'c2', more: true } },
          },
        },
      },
      { topic: 'in/1', payload: '{}', expect: { rewritten: { topic: 'out/c1', payload: 'text' } } },
      { topic: 'in/1', payload: '{}', expect: { rewritten: { topic: 'out/c1', payload: { cbor: 1 } } } },
      { topic: 'in/1', payload: '{}', expect: { rewritten: { topic: 'out/c1' } } },
    ]);
    expect(status).toBe(1);
    expect(output.split('\n').slice(0, 32)).toStrictEqual([
      'FAIL  c: publish in/1',
      '      - expected unchanged',
      '      + got      dropped, by hot (too hot)',
      'FAIL  c: publish in/1',
      '      - expected dropped',
      '      + got      dropped, by hot (too hot)',
      '        reason: expected "too cold" in it',
      'FAIL  c: publish in/1',
      '      - expected rewritten',
      '      + got      rewritten, by read, out (changed: topic, payload)',
      '        topic: expected out/c2, got out/c1',
      '        qos: expected 2, got 0',
      '        payload.l[1]: expected 3, got 2',
      '        payload.l[2]: expected 4, got nothing',
      '        payload.by: expected "c2", got "c1"',
      '        payload.more: expected true, got nothing',
      '        payload.gone: expected nothing, got 1',
      'FAIL  c: publish in/1',
      '      - expected rewritten',
      '      + got      rewritten, by read, out (changed: topic, payload)',
      '        payload: expected text',
      '        payload: got      {"by":"c1"}',
      'FAIL  c: publish in/1',
      '      - expected rewritten',
      '      + got      rewritten, by read, out (changed: topic, payload)',
      expect.stringMatching(/^ {8}payload: expected /),
      'FAIL  c: publish in/1',
      '      - expected rewritten',
      '      + got      rewritten, by read, out (changed: topic, payload)',
      '        payload: expected {}',
      '        payload: got      {"by":"c1"}',
      '6 facts, 6 not as expected.',
    ]);
  });

  it('speaks TAP, with the differences', async () => {
    const { output } = await runTests(
      [
        {
          topic: 'in/1',
          payload: '{}',
          expect: { rewritten: { topic: 'x', payload: { json: { by: 'c1' } } } },
        },
      ],
      true,
    );
    expect(output).toContain('not ok 1 - c: publish in/1');
    expect(output).toContain('differences: ["topic: expected x, got out/c1"]');
  });

  it('has no result for a message if there are no rules', async () => {
    const { status } = await runTests([{ topic: 'x', expect: 'unchanged' }], false, {
      authorize: { rules: [] },
    });
    expect(status).toBe(0);
  });

  it.each([
    [{ topic: 'a/#', expect: 'unchanged' }, /tests\[0\]\.publish\[0\]\.topic: a topic name must not contain/],
    [
      { topic: 'a', expect: 'kept' },
      /publish\[0\]\.expect: is not an outcome; write unchanged, dropped, disconnected, rewritten/,
    ],
    [{ topic: 'a' }, /publish\[0\]\.expect: is not an outcome/],
    [
      { topic: 'a', payload: { yaml: 1 }, expect: 'unchanged' },
      /publish\[0\]\.payload: is not a payload; write a text/,
    ],
    [{ topic: 'a', qos: 3, expect: 'unchanged' }, /publish\[0\]\.qos: is not a QoS/],
    [{ topic: 'a', expect: 'unchanged', retain: true }, /publish\[0\]\.retain: is not a key here/],
  ])('refuses %j', async (message, problem) => {
    const { status, errors } = await runTests([message]);
    expect([status, errors]).toEqual([2, expect.stringMatching(problem)]);
  });

  it('judges at message.ingress where the rules do, with the client', async () => {
    const rules = [
      { name: 'no', topics: 'no/#', drop: 'not wanted' },
      { name: 'own', set: { topic: 'p/${clientid}/${topic}' } },
    ];
    const messages = [
      { topic: 'no/1', expect: { dropped: 'not wanted' } },
      { topic: 'no/1', expect: 'disconnected', by: 'no' },
      { topic: 't', expect: { rewritten: { topic: 'p/c1/t' } } },
    ];
    const at = { at: 'ingress', ingressDrop: 'disconnect', rules };
    expect((await runTests(messages, false, { publish: at })).status).toBe(0);
    const silent = await runTests(messages, false, { publish: { ...at, ingressDrop: 'silent' } });
    expect(silent.status).toBe(1);
    expect(silent.output).toMatch(/expected disconnected.*\n?.*dropped/);
  });

  it('says which payload cannot be read', async () => {
    const { status, errors } = await runTests([{ topic: 'a', payload: { hex: 'xyz' }, expect: 'unchanged' }]);
    expect([status, errors]).toEqual([2, 'tests.yaml: a payload is not hex']);
  });
});

describe('exhook explain publish', () => {
  async function explain(options: object, config: object = policy) {
    const directory = directoryOf({ 'exhook.yaml': JSON.stringify(config) });
    const terminal = aTerminal();
    const given = { config: join(directory, 'exhook.yaml'), topic: 'in/1', clientid: 'c1', ...options };
    const status = await explainMessageCommand(given, {}, terminal);
    return { status, output: terminal.output, errors: terminal.errors };
  }

  it('says the result for a message, what each rule did, and what came close', async () => {
    const { status, output } = await explain({ payload: '{"t":1}' });
    expect([status, output.split('\n')]).toStrictEqual([
      0,
      [
        'rewritten, by read, out: changed: topic, payload',
        'topic:   out/c1',
        'payload: {"t":1,"by":"c1"}',
        '',
        'what the rules did:',
        '  read: reads the payload as json',
        '  hot: when does not hold',
        '  out: sets the topic to out/c1; changes the payload',
        '',
        'passed over:',
        expect.stringMatching(
          /^ {2}own: wants username "ann", the client has none; "own\/c1" does not match "in\/1"$/,
        ),
      ],
    ]);
  });

  it.each([
    [{ payload: '{"t":99}' }, 1, ['dropped, by hot: too hot', '  hot: drops the message: too hot', '  out']],
    [
      { payload: '{' },
      0,
      ['unchanged, by read: decode json: ', '  read: cannot be applied: decode json: ', 'not evaluated:'],
    ],
    [{ payload: '{}' }, 0, ['  hot: when failed: a field that it names is not there']],
    [
      { topic: 'own/c1', username: 'ann', payloadHex: '00ff' },
      0,
      ['unchanged, by own: nothing changed', '  own: ends the rules'],
    ],
    [{ topic: 'own/c1' }, 0, ['came close:', '  own: wants username "ann", the client has none']],
    [{ payloadBase64: Buffer.from('{"t":1}').toString('base64'), qos: '2' }, 0, ['topic:   out/c1']],
  ])('%j', async (options, status, lines) => {
    const said = await explain(options);
    expect(said.status).toBe(status);
    for (const line of lines) expect(said.output).toContain(line);
  });

  it.each([
    [{ topic: 'a/#' }, '--topic: a topic name must not contain'],
    [{ payload: 'a', payloadHex: '00' }, 'write one of --payload'],
    [{ payloadHex: 'zz' }, 'a payload is not hex'],
    [{ payloadFile: '/no/such/file' }, '--payload-file: cannot be read (ENOENT)'],
    [{ qos: '7' }, 'must be a QoS: 0, 1 or 2'],
  ])('refuses %j', async (options, problem) => {
    expect(await explain(options)).toEqual({
      status: 2,
      output: '',
      errors: expect.stringContaining(problem),
    });
  });

  it.each([
    ['silent', /acknowledged \(0x10 in MQTT 5\), and the broker keeps it when it is retained/],
    ['disconnect', /refused unacknowledged and its client is disconnected/],
  ])(
    'says where rules at ingress apply, and what a client notices of ingressDrop: %s',
    async (ingressDrop, notice) => {
      const directory = directoryOf({
        'exhook.yaml': JSON.stringify({
          publish: { at: 'auto', ingressDrop, rules: [{ topics: 'no/#', drop: 'not wanted' }] },
        }),
      });
      const terminal = aTerminal();
      const config = join(directory, 'exhook.yaml');
      expect(await explainMessageCommand({ config, topic: 'no/1' }, {}, terminal)).toBe(1);
      expect(terminal.output).toMatch(
        /judged at message\.ingress by EMQX 6\.3\.0 and later.*publish\.at: auto/,
      );
      expect(terminal.output).toMatch(notice);
    },
  );

  it('says if there are no rules, and if a policy is in shadow mode', async () => {
    expect(await explain({}, { authorize: { rules: [] } })).toMatchObject({
      status: 2,
      errors: expect.stringContaining('has no publish'),
    });
    const { output } = await explain({ payload: '{}' }, { publish: { ...policy.publish, mode: 'shadow' } });
    expect(output).toContain('shadow mode: the message passes unchanged');
  });
});

describe('payloads of tests', () => {
  it.each([
    ['text', 'text'],
    [{ base64: 'dGV4 dA==' }, 'text'],
    [{ hex: '74 65 78 74' }, 'text'],
    [{ json: { a: 1 } }, '{"a":1}'],
    [{ cbor: 'text' }, 'dtext'],
  ])('%j', async (source, text) => {
    expect(Buffer.from(await bytesOfPayload(source, './x')).toString()).toBe(text);
  });

  it('are equal as values, or to the byte', async () => {
    const got = Buffer.from('{ "b": 1.0, "a": [] }');
    expect(await comparePayload({ json: { a: [], b: 1 } }, got, '.')).toStrictEqual([]);
    expect(await comparePayload('{ "b": 1.0, "a": [] }', got, '.')).toStrictEqual([]);
    expect(await comparePayload('{"b":1,"a":[]}', got, '.')).toHaveLength(2);
    expect(await comparePayload({ json: 1 }, Buffer.from('{'), '.')).toStrictEqual([
      'payload: expected json, got {',
    ]);
  });

  it('are shown as text when they are one, and drive no terminal', () => {
    expect(showPayload(Buffer.from('grün\n'))).toBe('grün\n');
    expect(showPayload(Buffer.from('\x1b[31m'))).toBe('base64 G1szMW0=');
    expect(showPayload(Uint8Array.of(0xff))).toBe('base64 /w==');
    expect(showPayload(new Uint8Array())).toBe('(empty)');
    expect(showPayload(Buffer.from('x'.repeat(5000)))).toBe(`${'x'.repeat(2000)}... (5000 bytes)`);
  });

  it('differ in at most twenty lines', () => {
    const many = Array.from({ length: 30 }, (_, i) => i);
    expect(
      differences(
        'p',
        many,
        many.map((i) => i + 1),
      ),
    ).toHaveLength(21);
    expect(differences('p', { 'a b': 1n }, { 'a b': new Uint8Array([1]) })).toStrictEqual([
      'p["a b"]: expected "1", got "base64 AQ=="',
    ]);
  });
});
