/** Explains a question that no call has asked: may this client do this, and what becomes of this message? */
import { parseBrokerVersion } from '../../policy/broker-version.ts';
import { parseTags } from '../../policy/login/tags.ts';
import type { PublishInput } from '../../policy/messages/message-edit.ts';
import type { Granted, Known } from '../../policy/policy.ts';
import { findTopicFilterProblem, findTopicNameProblem } from '../../policy/topics/topic-filter.ts';
import { schemas } from '../../protocol/schema/compiled.ts';
import type { Verdict, Why } from '../api.ts';
import { RequestError } from '../http/api-error.ts';
import type { ClientTable } from '../tap/client-table.ts';
import { explainPublish } from './message.ts';
import type { PolicyView } from './policy-view.ts';
import { limitSteps, placeSteps } from './steps.ts';
import { type Explained, explainTopic } from './topic.ts';
import { tagsOf } from './why.ts';

type Fields = Readonly<Record<string, unknown>>;

/** @throws RequestError when it cannot be understood. */
export async function explainQuestion(asked: Fields, view: PolicyView, clients: ClientTable): Promise<Why> {
  const { publish, subscribe, message } = asked;
  if ((publish === undefined) === (subscribe === undefined))
    throw new RequestError('bad_request', 'write seq, publish or subscribe: one of the three');
  const topic = textIn(asked, publish === undefined ? 'subscribe' : 'publish');
  const action = publish === undefined ? 'subscribe' : 'publish';
  const problem = (action === 'publish' ? findTopicNameProblem : findTopicFilterProblem)(topic);
  if (problem !== undefined) throw new RequestError('bad_request', `${action}: ${problem}`);
  const { client, granted } = clientIn(asked, view, clients);
  if (message !== undefined) {
    const explained = explainPublish(messageIn(message, client, topic), true, view);
    return await present('message', `The message to ${JSON.stringify(topic)}`, explained, view);
  }
  const version = asked.emqx === undefined ? '' : textIn(asked, 'emqx');
  if (version !== '' && parseBrokerVersion(version) === undefined)
    throw new RequestError('bad_request', 'emqx: write a release such as 6.1.1');
  const explained = await explainTopic({ client, action, topic, granted, version }, view);
  return await present('topic', `To ${action} to ${JSON.stringify(topic)}`, explained, view);
}

async function present(
  about: Why['about'],
  subject: string,
  { decision, steps, notes }: Explained,
  view: PolicyView,
): Promise<Why> {
  const limited = limitSteps(steps);
  const placed = await placeSteps(limited.steps, view);
  const revision = view.policy?.policies.revision;
  const verdict = (decision?.verdict ?? 'ignore') as Verdict;
  return {
    about,
    sentence: `${subject}: ${verdict}${decision === undefined ? '' : `, by ${decision.by}: ${decision.reason}`}.`,
    verdict,
    by: decision?.by ?? '',
    revision: { ...(revision !== undefined && { now: revision }) },
    near: placed.filter(({ isNear }) => isNear),
    steps: placed,
    notes: [...notes, ...limited.notes],
  };
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw new RequestError('bad_request', `${name}: write a text`);
}

function clientIn(
  { client = {} }: Fields,
  view: PolicyView,
  clients: ClientTable,
): { readonly client: Known; readonly granted: Granted | undefined } {
  if (typeof client !== 'object' || client === null)
    throw new RequestError('bad_request', 'client: write { clientid, username, peerhost, tags }');
  const fields = client as Fields;
  const read = (name: string, standard = ''): string =>
    fields[name] === undefined ? standard : textIn(fields, name);
  const known: Known = {
    node: '',
    clientid: read('clientid'),
    username: read('username'),
    peerhost: read('peerhost', '127.0.0.1'),
    cn: read('cn'),
    dn: read('dn'),
  };
  if (fields.tags === undefined) {
    const granted = view.policy?.policies.authorize?.grantsOf?.(known) ?? tagsOf(known.clientid, clients);
    return { client: known, granted };
  }
  const tags = parseTags(fields.tags);
  if (tags === undefined) throw new RequestError('bad_request', 'client.tags: write { name: value }');
  return { client: known, granted: { tags, isExpired: false } };
}

function messageIn(message: unknown, client: Known, topic: string): PublishInput {
  if (typeof message !== 'object' || message === null)
    throw new RequestError('bad_request', 'message: write { qos, payloadBase64 }');
  const { qos = 0, payloadBase64 = '' } = message as Fields;
  if (typeof payloadBase64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(payloadBase64))
    throw new RequestError('bad_request', 'message.payloadBase64: is not base64');
  const headers = { protocol: 'mqtt', username: client.username, peerhost: client.peerhost };
  const payload = new Uint8Array(Buffer.from(payloadBase64, 'base64'));
  const sent = { node: '', id: '', qos, from: client.clientid, topic, payload, timestamp: 0n, headers };
  const parsed = schemas['message.publish'].input.safeParse({ message: sent });
  if (parsed.success) return parsed.data as PublishInput;
  throw new RequestError(
    'bad_request',
    `message: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`,
  );
}
