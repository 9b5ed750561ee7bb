/** What `exhook compare` says of topics and messages, and how. */
import { describe, expect, it } from 'vitest';
import { comparing, type Given } from './comparing.ts';
import { aCall, aLogin, aMessage, anIngress, aPublish, aSubscribe } from './recording.ts';

const rules = (...list: object[]) => ({ authorize: { rules: list } });
const publish = (...list: object[]) => ({ publish: { rules: list } });
const dev = (n: number) => ({ clientid: `dev-${n}` });
const allow = { name: 'devices', allow: 'all', topics: 'plant/#' };

const tightened: Given = {
  before: rules(allow),
  after: rules({ ...allow, topics: 'plant/+/state' }),
  calls: [1, 2, 3, 4, 5].flatMap((n) => [
    aPublish(dev(n), `plant/${n}/state`),
    aPublish(dev(n), `plant/${n}/alarm`),
    aSubscribe(dev(n), 'plant/#'),
  ]),
};

describe('exhook compare', () => {
  it('groups what would change by the rules that are to blame, with counts, clients, topics and a few calls', async () => {
    const { status, output, errors } = await comparing({ ...tightened, options: { limit: 2 } });
    expect([status, errors]).toStrictEqual([1, '']);
    expect(output).toBe(`                     calls  same  changed  unknown
client.authenticate      0     0        0        0
client.authorize        15     5       10        0
message.publish          0     0        0        0

client.authorize  allow (devices) -> deny (otherwise)
  10 calls, 5 clients: dev-1, dev-2, dev-3, ...
  6 topics: plant/1/alarm, plant/#, plant/2/alarm, ...
    line 2  dev-1  publish    plant/1/alarm
    line 3  dev-1  subscribe  plant/#
    and 8 more

10 calls would change, in one way.

Among the unchanged: 5 calls that another rule would decide.`);
  });

  it('says that nothing would change, and ends with 0', async () => {
    const { status, output } = await comparing({ ...tightened, after: tightened.before });
    expect(status).toBe(0);
    expect(output).toMatch(/\n\nNothing would change\.$/);
  });

  it('knows a rule again that has moved', async () => {
    const { status, output } = await comparing({
      before: rules({ allow: 'all', topics: 'plant/#' }),
      after: rules({ deny: 'all', topics: 'other/#' }, { allow: 'all', topics: 'plant/#' }),
      calls: tightened.calls,
    });
    expect(status).toBe(0);
    expect(output).not.toContain('another rule');
  });

  it('says the same each time, the largest group of a hook first', async () => {
    const given: Given = {
      before: rules({ allow: 'all', topics: ['a/#', 'b/#', 'c/#'] }),
      after: rules({ name: 'B', deny: 'all', topics: 'b/#' }, { name: 'A', deny: 'all', topics: 'a/#' }),
      calls: ['a/1', 'b/1', 'c/1', 'c/2'].map((topic) => aPublish(dev(1), topic)),
    };
    const first = await comparing(given);
    expect(first.output.match(/-> .*/g)).toStrictEqual(['-> deny (otherwise)', '-> deny (A)', '-> deny (B)']);
    expect(await comparing(given)).toStrictEqual(first);
  });

  it('prints nothing but what would change, when asked', async () => {
    const { output } = await comparing({ ...tightened, options: { changedOnly: true, limit: 1 } });
    expect(output).toMatch(
      /^client\.authorize {2}allow \(devices\) .*\n\n10 calls would change, in one way\.$/s,
    );
  });

  it('compares only some hooks, when asked, but lets logins count', async () => {
    const policy = (site: string) => ({
      authenticate: { methods: [{ certificate: { commonName: 'x', tags: { site } } }] },
      ...rules({ allow: 'all', who: { tag: { site: 'north' } } }),
    });
    const client = { ...dev(1), cn: 'x' };
    const { output } = await comparing({
      before: policy('north'),
      after: policy('south'),
      calls: [aLogin(client), aPublish(client, 'a')],
      options: { only: ['publish', 'authorize'] },
    });
    expect(output).not.toContain('client.authenticate');
    expect(output).toContain('client.authorize  allow (rule 1) -> deny (otherwise)');
    expect(output).toContain('message.publish       0');
  });

  it('names the file of a call when there are several', async () => {
    const { output } = await comparing({
      ...tightened,
      calls: [[aPublish(dev(1), 'plant/x')], [aPublish(dev(2), 'plant/y')]],
    });
    expect(output).toContain(
      '    1.jsonl:1  dev-1  publish  plant/x\n    2.jsonl:1  dev-2  publish  plant/y',
    );
  });

  it('has colours on a terminal that shows them, and nowhere else', async () => {
    const { output } = await comparing({ ...tightened, hasColours: true });
    expect(output).toContain(
      '\x1b[1mclient.authorize\x1b[0m  \x1b[32mallow (devices)\x1b[0m -> \x1b[31mdeny (otherwise)\x1b[0m',
    );
    expect((await comparing(tightened)).output).not.toContain('\x1b');
  });

  it('lets no client drive a terminal', async () => {
    const evil = '\u001b[2Jx';
    const { output } = await comparing({
      ...tightened,
      calls: [aPublish({ clientid: evil }, `plant/${evil}`)],
    });
    expect(output).not.toContain(evil);
  });

  it('counts a call that no hook can read as the same: both refuse it', async () => {
    const broken = { path: '/emqx.exhook.v3.HookProvider/OnClientAuthorize', message_base64: '/////w==' };
    const { status, output } = await comparing({ ...tightened, calls: [JSON.stringify(broken)] });
    expect(status).toBe(0);
    expect(output).toMatch(/^client\.authorize +1 +1 +0 +0$/m);
  });

  it('reads all versions of the protocol', async () => {
    const acl = {
      path: '/emqx.exhook.v1.HookProvider/OnClientCheckAcl',
      message: { clientinfo: { clientid: 'old' }, type: 'PUBLISH', topic: 'plant/alarm' },
    };
    const { output } = await comparing({ ...tightened, calls: [JSON.stringify(acl)] });
    expect(output).toContain('1 call, 1 client: old\n');
  });
});

describe('the questions of a policy', () => {
  it('is shown where it differs, hook by hook', async () => {
    const routes = (topics: string[]) => [{ hooks: ['message.acked'], topics, to: ['log'] }];
    const { status, output, errors } = await comparing({
      before: { events: { stdout: 'off', routes: [] }, ...rules(allow) },
      after: {
        sinks: { log: { file: { path: './events.jsonl' } } },
        events: { stdout: 'off', routes: routes(['a/#']) },
        ...rules(allow),
        ...publish({ topics: 'plant/#', drop: 'no' }),
      },
      calls: [aPublish(dev(1), 'plant/a'), aMessage({ topic: 'other' })],
    });
    expect(errors).toBe('');
    expect(output.split('\n\n')[0]).toBe(
      'message.publish is newly called, for plant/#\nmessage.acked is newly called, for a/#',
    );
    expect(status).toBe(0);
  });

  it('may be other topics, or nothing any more', async () => {
    const silent = { events: { stdout: 'off' } };
    const { output } = await comparing({
      before: { ...silent, ...rules(allow), ...publish({ topics: 'a/#', drop: 'no' }) },
      after: { ...silent, ...publish({ drop: 'no' }) },
      calls: [aPublish(dev(1), 'plant/a'), aMessage({ topic: 'a/b' })],
    });
    expect(output.split('\n\n')[0]).toBe(
      'client.authorize is no longer called\nmessage.publish is called for other topics: a/# -> every topic',
    );
    expect(output).toContain('client.authorize  allow (devices) -> not asked');
  });

  it('cannot be compared when a recording has no call of it', async () => {
    const silent = { events: { stdout: 'off' } };
    const { status, output } = await comparing({
      before: { ...silent, ...rules(allow) },
      after: { ...silent, ...rules(allow), ...publish({ drop: 'no' }) },
      calls: [aPublish(dev(1), 'plant/a')],
    });
    expect(status).toBe(1);
    expect(output).toContain(
      'The recording has no calls of message.publish, which brokers would newly call: its effect is unknown',
    );
    expect(output).toContain('No recorded call would change.');
  });

  it('comes to the same as to be left alone: shadow mode, messages without rules', async () => {
    const shadow = { authorize: { rules: [allow], mode: 'shadow' } };
    const { status } = await comparing({
      before: { events: { stdout: 'off' } },
      after: { ...shadow, ...publish({ topics: 'other/#', drop: 'no' }) },
      calls: [aPublish(dev(1), 'a'), aMessage({ topic: 'a' })],
    });
    expect(status).toBe(0);
  });

  it('shows the effect of enforcing a shadow policy', async () => {
    const { output } = await comparing({
      before: { authorize: { rules: [allow], mode: 'shadow' } },
      after: rules(allow),
      calls: [aPublish(dev(1), 'a')],
    });
    expect(output).toContain('ignore (otherwise, shadow) -> deny (otherwise)');
  });
});

describe('messages', () => {
  const json = (value: object) => JSON.stringify(value);

  it('are compared as they become, with what differs', async () => {
    const { status, output } = await comparing({
      before: publish({
        name: 'read',
        topics: 'in/#',
        decode: 'json',
        set: { payload: { by: 'old', was: '${clientid}' } },
      }),
      after: publish({
        name: 'read',
        topics: 'in/#',
        decode: 'json',
        set: { topic: 'out/1', payload: { by: 'new' } },
      }),
      calls: [
        aMessage({ from: 'c1', topic: 'in/1', payload: json({ t: 1 }) }),
        aMessage({ from: 'c1', topic: 'other', payload: json({ t: 1 }) }),
      ],
    });
    expect(status).toBe(1);
    expect(output).toContain(`message.publish  rewritten (read) -> rewritten (read)
  1 call, 1 client: c1
  1 topic: in/1
    line 1  c1  QoS 0  in/1
      topic: in/1 -> out/1
      payload.by: "old" -> "new"
      payload.was: "c1" -> absent
`);
  });

  it('are judged once where the rules judge at message.ingress', async () => {
    const set = { name: 'prefix', set: { topic: 'p/${topic}' } };
    const calls = [
      anIngress({ id: 'm1', topic: 'a' }),
      aMessage({ id: 'm1', topic: 'a' }),
      aMessage({ topic: 'rest' }),
    ];
    const ingress = { publish: { at: 'ingress', ingress: 'always', rules: [set] } };
    const same = await comparing({ before: ingress, after: ingress, calls });
    expect(same.status).toBe(0);
    expect(same.output).toMatch(/message\.ingress +1 +1 +0 +0\nmessage\.publish +2 +2 +0 +0/);
    const { output } = await comparing({ before: publish(set), after: ingress, calls });
    expect(output).toContain('message.ingress  not asked -> rewritten (prefix)');
    expect(output).toMatch(/message\.publish {2}rewritten \(prefix\) -> unchanged/);
  });

  it('are refused together with their client at message.ingress', async () => {
    const of = (ingressDrop: string) => ({
      publish: { at: 'ingress', ingress: 'always', ingressDrop, rules: [{ name: 'no', drop: 'not wanted' }] },
    });
    const calls = [anIngress({ from: 'c', topic: 'a' })];
    const { output } = await comparing({ before: of('silent'), after: of('disconnect'), calls });
    expect(output).toContain('message.ingress  dropped (no) -> disconnected (no)');
  });

  it('are the same when they become the same, by whatever rule', async () => {
    const { status } = await comparing({
      before: publish({ name: 'a', set: { qos: 1 } }),
      after: publish({ name: 'b', set: { qos: 1 } }),
      calls: [aMessage({ topic: 'a' })],
    });
    expect(status).toBe(0);
  });

  it('say why they are dropped, and which rule could not be applied', async () => {
    const decode = { name: 'must be JSON', decode: 'json' };
    const { output } = await comparing({
      before: publish({ ...decode, onError: 'pass' }),
      after: publish({ ...decode, onError: 'drop' }),
      calls: [aMessage({ from: 'c', topic: 'a', payload: 'no JSON' })],
    });
    expect(output).toContain(`message.publish  unchanged (must be JSON) -> dropped (must be JSON)
  1 call, 1 client: c
  1 topic: a
    line 1  c  QoS 0  a
      before: decode json: the payload is not JSON
      after: decode json: the payload is not JSON
`);
  });
});

describe('hooks of the user', () => {
  const asking = `
    export default { name: 'message.publish', needs: () => ({ kind: 'site' }), decide: () => ({ reply: { kind: 'pass' } }) };
    export const lookups = { site: () => { throw new Error('asked'); } };`;
  const deciding = (body: string) => `export default { name: 'message.publish', decide: () => { ${body} } };`;
  const custom = (path: string) => ({ hooks: { custom: [path] } });
  const calls = [aMessage({ from: 'c', topic: 'a' })];

  it('are compared, and their errors are reported', async () => {
    const { output } = await comparing({
      ...{ before: custom('./hook.mjs'), after: custom('./hook.mjs'), calls },
      files: {
        'old/hook.mjs': deciding("return { reply: { kind: 'drop', reason: 'no' } };"),
        'new/hook.mjs': deciding("throw new Error('a fault');"),
      },
    });
    expect(output).toContain('message.publish  dropped (custom hook) -> fails (handler_threw)');
  });

  it('are not given their look-ups: the same module may be the same, another one is not told', async () => {
    const files = { 'hook.mjs': asking, 'old/hook.mjs': asking, 'new/hook.mjs': asking };
    const same = await comparing({
      before: custom('../hook.mjs'),
      after: custom('../hook.mjs'),
      calls,
      files,
    });
    expect([same.status, same.errors]).toStrictEqual([0, '']);
    const other = await comparing({
      before: custom('./hook.mjs'),
      after: custom('./hook.mjs'),
      calls,
      files,
    });
    expect(other.status).toBe(1);
    expect(other.output).toContain('? (the look-up site) -> ? (the look-up site)');
  });
});

describe('exhook compare --json', () => {
  it('is one document with every call that would change', async () => {
    const { status, output } = await comparing({
      before: { ...rules(allow), ...publish({ name: 'q', topics: 'a/#', set: { qos: 1 } }) },
      after: { ...rules(), ...publish({ name: 'q', topics: 'a/#', drop: 'no' }) },
      calls: [
        aPublish(dev(1), 'plant/a'),
        aPublish(dev(2), 'plant/a'),
        aMessage({ from: 'c', topic: 'a/b', payload: 'x' }),
        aMessage({ from: 'c', topic: 'b', payload: 'x' }),
      ],
      options: { json: true, limit: 1 },
    });
    expect(status).toBe(1);
    const counts = { byAnotherRule: 0, untoldAlike: 0, untold: 0 };
    const message = { topic: 'a/b', qos: 0, payloadBase64: 'eA==' };
    const call = { file: '1.jsonl', action: 'publish', topic: 'plant/a' };
    expect(JSON.parse(output)).toStrictEqual({
      registrations: [],
      hooks: [
        { hook: 'client.authenticate', calls: 0, same: 0, changed: 0, ...counts },
        { hook: 'client.authorize', calls: 2, same: 0, changed: 2, ...counts },
        { hook: 'message.publish', calls: 2, same: 1, changed: 1, ...counts },
      ],
      changed: [
        {
          hook: 'client.authorize',
          before: { kind: 'allow', by: 'devices' },
          after: { kind: 'deny', by: 'otherwise' },
          count: 2,
          clients: ['dev-1', 'dev-2'],
          topics: ['plant/a'],
          calls: [
            { ...call, line: 1, clientid: 'dev-1' },
            { ...call, line: 2, clientid: 'dev-2' },
          ],
        },
        {
          hook: 'message.publish',
          before: { kind: 'rewritten', by: 'q' },
          after: { kind: 'dropped', by: 'q' },
          count: 1,
          clients: ['c'],
          topics: ['a/b'],
          calls: [
            {
              ...{ file: '1.jsonl', line: 3, clientid: 'c', action: 'QoS 0', topic: 'a/b', message },
              before: { message: { ...message, qos: 1 } },
              after: { message: null, reason: 'no' },
            },
          ],
        },
      ],
      untold: [],
      unrecorded: [],
    });
  });
});

describe('exhook compare that is used wrongly', () => {
  it('names every problem of both configurations', async () => {
    const { status, errors, output } = await comparing({
      before: { authorise: {} },
      after: rules({ allow: 'fly' }),
      calls: tightened.calls,
    });
    expect([status, output]).toStrictEqual([2, '']);
    expect(errors).toMatch(/^old\/exhook\.yaml:1:\d+ authorise: .*did you mean authorize/m);
    expect(errors).toMatch(/^new\/exhook\.yaml:1:\d+ authorize\.rules\[0\]\.allow: /m);
  });

  it('names a file of the configuration that cannot be used', async () => {
    const { status, errors } = await comparing({
      ...tightened,
      after: { authorize: { sources: [{ mosquitto: './no.acl' }] } },
    });
    expect([status, errors]).toStrictEqual([2, expect.stringContaining('no.acl')]);
  });

  it.each([
    [['fly'], '--only takes a comma-separated list of authenticate, authorize, ingress, publish'],
    [['publish', 'all'], '--only takes'],
  ])('does not know --only %j', async (only, message) => {
    const { status, errors } = await comparing({ ...tightened, options: { only } });
    expect([status, errors]).toStrictEqual([2, expect.stringContaining(message)]);
  });

  it('has nothing to say of recordings without a decision, or that cannot be read', async () => {
    const connected = aCall('client.connected', { clientinfo: {} });
    const { status, errors } = await comparing({ ...tightened, calls: [connected] });
    expect([status, errors]).toStrictEqual([
      2,
      'there are no calls of client.authenticate, client.authorize, message.ingress, message.publish in 1.jsonl',
    ]);
    const none = await comparing({ ...tightened, calls: ['nonsense'] });
    expect([none.status, none.errors]).toStrictEqual([2, expect.stringMatching(/^1\.jsonl:1: is not JSON/)]);
    const missing = await comparing({ ...tightened, options: { recordings: ['/no/such.jsonl'] } });
    expect([missing.status, missing.errors]).toStrictEqual([2, 'cannot read /no/such.jsonl: ENOENT']);
  });
});
