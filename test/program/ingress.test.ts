/** The recorded life of a broker with message.ingress, call by call, with rules that judge there. */
import { describe, expect, it } from 'vitest';
import { findRpc } from '../../src/protocol/wire/rpc.ts';
import { type RecordedCall, readRecording } from '../support/recordings.ts';
import { aBroker, wordsOf } from './support/broker.ts';
import { startServer, temporaryFile } from './support/program.ts';

const life = readRecording('emqx-6.3-ingress');
const hookOf = ({ path }: RecordedCall) => findRpc(path)?.hook;
const messageOf = ({ message }: RecordedCall) =>
  (message as { message?: { id: string; topic: string } }).message ?? { id: '', topic: '' };

/** As the rules of the broker of the recording: `rw/#` is rewritten, `drop/#` dropped. */
const rules = [
  { topics: 'drop/#', drop: 'not wanted' },
  { topics: 'rw/#', set: { topic: 't/${topic}' } },
];

async function live(publish: object) {
  const config = temporaryFile(
    'exhook.yaml',
    JSON.stringify({ events: { stdout: 'off' }, publish, decisions: { log: 'all' } }),
  );
  const server = await startServer(['--config', config]);
  const broker = aBroker(server.url);
  const answers: { hook: string | undefined; id: string; topic: string; answer: unknown }[] = [];
  for (const call of life) {
    const { id, topic } = messageOf(call);
    answers.push({ hook: hookOf(call), id, topic, answer: wordsOf(call.path, await broker.send(call)) });
  }
  await server.stop();
  const judged = server.log.filter(({ decision }) => decision !== undefined).map(({ hook }) => hook);
  return { answers, judged };
}

const countOf = (hook: string) => life.filter((call) => hookOf(call) === hook).length;

describe('the life of a broker with message.ingress', () => {
  it.each([
    ['ingress', 'always', true],
    ['auto', 'always', true],
    // The recorded build calls itself 6.3.0-beta.2, which lacks it as it was released.
    ['ingress', 'auto', false],
    ['publish', 'auto', false],
  ])(
    'with publish.at: %s and publish.ingress: %s is asked for message.ingress: %s',
    async (at, ingress, isAsked) => {
      const { answers } = await live({ at, ingress, rules });
      const [loaded] = answers.filter(({ hook }) => hook === 'provider.loaded');
      const expected = isAsked ? ['message.ingress', 'message.publish'] : ['message.publish'];
      expect(loaded?.answer).toStrictEqual(expected);
    },
    60_000,
  );

  it('judges each message once, at ingress, and those of the REST API at message.publish', async () => {
    const { answers, judged } = await live({ at: 'ingress', ingress: 'always', rules });
    const at = (wanted: string) => answers.filter(({ hook }) => hook === wanted);
    const ingress = at('message.ingress');
    expect(ingress).toHaveLength(40);
    for (const { topic, answer } of ingress) {
      if (topic.startsWith('rw/'))
        expect(answer).toMatchObject({ topic: `t/${topic}`, qos: expect.any(Number) });
      else if (topic.startsWith('drop/'))
        expect(answer).toMatchObject({ headers: { allow_publish: 'false' } });
      else expect([topic, answer]).toStrictEqual([topic, 'ignore']);
    }
    expect(ingress.filter(({ topic }) => topic.startsWith('rw/')).length).toBeGreaterThan(0);
    for (const { topic, answer } of at('message.publish'))
      expect([topic, answer]).toStrictEqual([topic, 'ignore']);
    const seen = new Set(ingress.map(({ id }) => id));
    const others = at('message.publish').filter(({ id }) => !seen.has(id));
    expect(others.map(({ topic }) => topic)).toStrictEqual(['t/rest']);
    const count = (hook: string) => judged.filter((one) => one === hook).length;
    expect([count('message.ingress'), count('message.publish')]).toStrictEqual([40, others.length]);
    expect(countOf('message.publish')).toBeGreaterThan(others.length);
  }, 60_000);

  it('refuses instead of dropping if clients are to be disconnected', async () => {
    const { answers } = await live({ at: 'ingress', ingress: 'always', ingressDrop: 'disconnect', rules });
    const dropped = answers.filter(
      ({ hook, topic }) => hook === 'message.ingress' && topic.startsWith('drop/'),
    );
    expect(dropped.length).toBeGreaterThan(0);
    for (const { answer } of dropped) expect(answer).toBe(false);
  }, 60_000);
});
