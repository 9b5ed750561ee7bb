/** Runs the messages of a policy test and compares their outcome. */
import * as z from 'zod';
import { callHook, type HookCall } from '../../app/testing.ts';
import { messageIngress } from '../../core/hooks/message-ingress.ts';
import { messagePublish } from '../../core/hooks/message-publish.ts';
import type { PublishPolicy } from '../../policy/messages/decide.ts';
import { findTopicNameProblem } from '../../policy/topics/topic-filter.ts';
import { bytesOfPayload, comparePayload, type PayloadSource } from './payload.ts';
import type { Fact } from './test-run.ts';

const Text = z.string({ error: 'is not text; put it in quotes' });
const Topic = Text.superRefine((topic, context) => {
  const problem = findTopicNameProblem(topic);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
const Qos = z.literal([0, 1, 2], { error: 'is not a QoS; write 0, 1 or 2' });

const payloadError =
  'is not a payload; write a text, or { json: ... }, { cbor: ... }, { msgpack: ... }, { base64: ... }, { hex: ... } or { file: ... }';

const Payload = z.union(
  [
    Text,
    z.strictObject({ base64: Text }),
    z.strictObject({ hex: Text }),
    z.strictObject({ file: Text }),
    z.strictObject({ json: z.unknown() }),
    z.strictObject({ cbor: z.unknown() }),
    z.strictObject({ msgpack: z.unknown() }),
  ],
  { error: payloadError },
) as z.ZodType<PayloadSource>;

const Expectation = z.union(
  [
    z.enum(['unchanged', 'dropped', 'disconnected', 'rewritten']),
    z.strictObject({ dropped: Text }),
    z.strictObject({
      rewritten: z.strictObject({
        topic: Topic.optional(),
        qos: Qos.optional(),
        payload: Payload.optional(),
      }),
    }),
  ],
  {
    error:
      'is not an outcome; write unchanged, dropped, disconnected, rewritten, { dropped: REASON } or { rewritten: { topic, qos, payload } }',
  },
);

/** One message of `publish:`. */
export const PublishedMessage = z.strictObject({
  topic: Topic,
  qos: Qos.default(0),
  payload: Payload.default(''),
  /** Milliseconds since 1970. */
  timestamp: z.int().min(0).default(0),
  user_props: z.record(z.string(), Text).default({}),
  expect: Expectation,
  /** The rule that drops it, or the rules that change it, separated by ", ". */
  by: Text.optional(),
});
export type PublishedMessage = z.output<typeof PublishedMessage>;

export interface Sender {
  readonly node: string;
  readonly clientid: string;
  readonly username: string;
  readonly peerhost: string;
}

/** Additional data of a fact, for the coverage of rules. */
export interface MessageFact extends Fact {
  readonly rules: readonly string[];
}

/** @param file the test file, which other paths are relative to. */
export async function runMessage(
  who: string,
  message: PublishedMessage,
  sender: Sender,
  publish: PublishPolicy | undefined,
  file: string,
): Promise<MessageFact> {
  const payload = await bytesOfPayload(message.payload, file);
  const policy = { hooks: [], ...(publish && { publish: { ...publish, mode: 'enforce' as const } }) };
  const request = requestOf(message, sender, payload);
  // The message is from a client: rules at message.ingress know the sender.
  const call: MessageCall =
    publish === undefined || publish.at === 'publish'
      ? await callHook(messagePublish, request, { policy })
      : await callHook(messageIngress, { ...request, clientinfo: clientOf(sender) }, { policy });
  const got = verdictOf(call);
  const { expect, by } = message;
  const details = await detailsOf(expect, call, message, payload, file);
  const verdict = typeof expect === 'string' ? expect : (Object.keys(expect)[0] ?? '');
  return {
    name: `${who}: publish ${message.topic}`,
    expected: { verdict, by },
    got,
    isGood: isMet(verdict, got.verdict) && (by === undefined || by === got.by) && details.length === 0,
    details,
    rules: call.decision?.rules ?? [],
  };
}

function requestOf(
  { topic, qos, timestamp, user_props }: PublishedMessage,
  sender: Sender,
  payload: Uint8Array,
) {
  const { node, clientid, username, peerhost } = sender;
  const said = { protocol: 'mqtt', ...(username && { username }), ...(peerhost && { peerhost }) };
  return {
    message: {
      id: 'exhook-test',
      node,
      from: clientid,
      topic,
      qos,
      payload,
      timestamp: BigInt(timestamp),
      headers: said,
    },
    userProps: Object.entries(user_props).map(([name, value]) => ({ name, value })),
  };
}

type MessageCall = HookCall<'message.publish'> | HookCall<'message.ingress'>;

function clientOf({ node, clientid, username, peerhost }: Sender) {
  return { node, clientid, username, peerhost, protocol: 'mqtt' };
}

/** A message refused together with its client is dropped, too. */
function isMet(expected: string, got: string): boolean {
  return expected === got || (expected === 'dropped' && got === 'disconnected');
}

const words = { pass: 'unchanged', drop: 'dropped', deny: 'disconnected', rewrite: 'rewritten' } as const;

function verdictOf({ reply, decision, failure }: MessageCall): Fact['got'] {
  if (reply === undefined) return { verdict: 'failure', by: 'nothing', reason: failure ?? 'no answer' };
  const { by = 'nothing', reason = 'there are no rules' } = decision ?? {};
  return { verdict: words[reply.kind], by, reason };
}

/** Returns differences beyond the verdict. */
async function detailsOf(
  expect: PublishedMessage['expect'],
  { reply, decision }: MessageCall,
  message: PublishedMessage,
  payload: Uint8Array,
  file: string,
): Promise<readonly string[]> {
  if (typeof expect === 'string') return [];
  if ('dropped' in expect) {
    const isDropped = reply?.kind === 'drop' || reply?.kind === 'deny';
    const isIt = !isDropped || decision?.reason.includes(expect.dropped) === true;
    return isIt ? [] : [`reason: expected ${JSON.stringify(expect.dropped)} in it`];
  }
  if (reply?.kind !== 'rewrite') return [];
  const { topic = message.topic, qos = message.qos, payload: wanted } = expect.rewritten;
  const got = { topic: reply.topic ?? message.topic, qos: reply.qos ?? message.qos };
  return [
    ...(got.topic === topic ? [] : [`topic: expected ${topic}, got ${got.topic}`]),
    ...(got.qos === qos ? [] : [`qos: expected ${qos}, got ${got.qos}`]),
    ...(await comparePayload(
      wanted ?? { base64: Buffer.from(payload).toString('base64') },
      reply.payload ?? payload,
      file,
    )),
  ];
}
