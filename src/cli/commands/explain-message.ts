/**
 * `exhook explain publish`: shows what happens to a message, what each rule did, which nearly matched, and
 * why not.
 */
import type { Environment } from '../../config/variables.ts';
import type { PublishPolicy } from '../../policy/messages/decide.ts';
import { explainMessage, type MessageExplanation } from '../../policy/messages/explain.ts';
import { findTopicNameProblem } from '../../policy/topics/topic-filter.ts';
import { schemas } from '../../protocol/schema/compiled.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import { bytesOfPayload, type PayloadSource, showPayload } from './payload.ts';
import { openPolicyFor } from './policy.ts';
import type { Terminal } from './terminal.ts';

export interface ExplainMessage {
  readonly config: string;
  readonly topic: string;
  readonly qos?: string;
  readonly clientid?: string;
  readonly username?: string;
  readonly peerhost?: string;
  readonly payload?: string;
  readonly payloadBase64?: string;
  readonly payloadHex?: string;
  readonly payloadFile?: string;
  /** `name=value`. */
  readonly userProp?: readonly string[];
}

/**
 * @returns the exit status: 0 if it passes, changed or not, 1 if it is dropped, 2 if it could not be decided.
 */
export async function explainMessageCommand(
  options: ExplainMessage,
  env: Environment,
  terminal: Terminal,
): Promise<number> {
  const problem = findTopicNameProblem(options.topic);
  if (problem !== undefined) {
    terminal.err(`--topic: ${problem}`);
    return 2;
  }
  const input = await readInput(options);
  if (typeof input === 'string') {
    terminal.err(input);
    return 2;
  }
  const opened = await openPolicyFor(options.config, env, terminal);
  if (opened === undefined) return 2;
  const { policy } = opened;
  try {
    const { publish } = policy.policies;
    if (publish === undefined) {
      terminal.err('the configuration has no publish: messages pass unchanged');
      return 2;
    }
    const explained = explainMessage({ ...publish, mode: 'enforce' }, input);
    print(explained, terminal);
    for (const line of describePlace(publish, explained)) terminal.out(line);
    if (publish.mode === 'shadow') terminal.out('\nshadow mode: the message passes unchanged');
    return explained.outcome.reply.kind === 'drop' ? 1 : 0;
  } finally {
    policy.close();
  }
}

/** Returns the message as a broker would send it, or what is wrong. */
async function readInput(options: ExplainMessage): Promise<HookInput<'message.publish'> | string> {
  const { topic, qos = '0', clientid = '', username = '', peerhost = '127.0.0.1' } = options;
  const sources = sourcesOf(options);
  if (sources.length > 1) return 'write one of --payload, --payload-base64, --payload-hex and --payload-file';
  const userProps = (options.userProp ?? []).map((text) => {
    const [name = '', ...value] = text.split('=');
    return { name, value: value.join('=') };
  });
  try {
    const payload = await bytesOfPayload(sources[0] ?? '', './here');
    const headers = { protocol: 'mqtt', ...(username && { username }), ...(peerhost && { peerhost }) };
    const message = {
      node: '',
      id: '',
      qos: Number(qos),
      from: clientid,
      topic,
      payload,
      timestamp: 0n,
      headers,
    };
    const parsed = schemas['message.publish'].input.safeParse({ message, userProps });
    if (!parsed.success) return parsed.error.issues.map((issue) => issue.message).join('; ');
    return parsed.data as HookInput<'message.publish'>;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === undefined ? (error as Error).message : `--payload-file: cannot be read (${code})`;
  }
}

function sourcesOf({ payload, payloadBase64, payloadHex, payloadFile }: ExplainMessage): PayloadSource[] {
  return [
    ...(payload === undefined ? [] : [payload]),
    ...(payloadBase64 === undefined ? [] : [{ base64: payloadBase64 }]),
    ...(payloadHex === undefined ? [] : [{ hex: payloadHex }]),
    ...(payloadFile === undefined ? [] : [{ file: payloadFile }]),
  ];
}

/** Describes where the rules judge, and what a client notices when a message is dropped there. */
function describePlace({ at, ingressDrop }: PublishPolicy, { outcome }: MessageExplanation): string[] {
  if (at === 'publish') return [];
  const dropped = {
    silent: 'dropped there, it is acknowledged (0x10 in MQTT 5), and the broker keeps it when it is retained',
    disconnect: 'dropped there, it is refused unacknowledged and its client is disconnected',
  }[ingressDrop];
  return [
    '',
    `judged at message.ingress by EMQX 6.3.0 and later, before it is authorized, retained and acknowledged; at message.publish by older brokers (publish.at: ${at})`,
    ...(outcome.reply.kind === 'drop' ? [dropped] : []),
  ];
}

const words = { pass: 'unchanged', drop: 'dropped', rewrite: 'rewritten' } as const;

function print({ outcome, asked, notAsked, passedOver }: MessageExplanation, terminal: Terminal): void {
  const { reply, decision } = outcome;
  terminal.out(`${words[reply.kind]}, by ${decision.by}: ${decision.reason}`);
  if (reply.kind === 'rewrite') {
    if (reply.topic !== undefined) terminal.out(`topic:   ${reply.topic}`);
    if (reply.qos !== undefined) terminal.out(`qos:     ${reply.qos}`);
    if (reply.payload !== undefined) terminal.out(`payload: ${showPayload(reply.payload)}`);
  }
  const failed = new Map(decision.conditions?.map(({ rule, reason }) => [rule, reason]));
  list(
    'what the rules did:',
    asked,
    ({ label, did }) => {
      const reason = failed.get(label);
      return `${label}: ${reason === undefined ? did.join('; ') : `when failed: ${reason}`}`;
    },
    terminal,
  );
  list('not evaluated:', notAsked, (label) => label, terminal);
  const close = passedOver.filter(({ misses }) => misses.length === 1);
  const far = passedOver.filter(({ misses }) => misses.length !== 1);
  const describe = ({ label, misses }: (typeof passedOver)[number]) =>
    `${label}: ${misses.map(({ message }) => message).join('; ')}`;
  list('came close:', close, describe, terminal);
  list('passed over:', far, describe, terminal);
}

function list<T>(
  title: string,
  items: readonly T[],
  describe: (item: T) => string,
  terminal: Terminal,
): void {
  if (items.length === 0) return;
  terminal.out(`\n${title}`);
  for (const item of items) terminal.out(`  ${describe(item)}`);
}
