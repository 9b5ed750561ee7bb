/** Why a call of the ring ended as it did. */

import type { PublishInput } from '../../policy/messages/message-edit.ts';
import type { Granted } from '../../policy/policy.ts';
import { Action, type HookInput } from '../../protocol/schema/requests.ts';
import type { Verdict, Why } from '../api.ts';
import type { CallRecord } from '../tap/call-record.ts';
import type { ClientTable } from '../tap/client-table.ts';
import { verdictOf } from '../tap/verdict.ts';
import { requestOf } from '../view/input.ts';
import { explainLogin } from './login.ts';
import { explainPublish } from './message.ts';
import type { PolicyView } from './policy-view.ts';
import { sentenceOf } from './sentence.ts';
import { limitSteps, placeSteps, stepOf } from './steps.ts';
import { type Explained, explainTopic } from './topic.ts';

const nothing: Explained = { decision: undefined, steps: [], notes: [] };

/** @param clients what logins brought, where the policy has forgotten it. */
export async function explainCall(record: CallRecord, view: PolicyView, clients: ClientTable): Promise<Why> {
  const explained = await explainRecord(record, view, clients);
  const limited = limitSteps(explained.steps);
  const steps = await placeSteps(limited.steps, view);
  const now = view.policy?.policies.revision;
  const verdict = verdictOf(record);
  return {
    seq: record.seq,
    about: aboutOf(record),
    sentence: sentenceOf(record),
    verdict,
    by: record.decision?.by ?? '',
    revision: {
      ...(record.revision !== undefined && { decided: record.revision }),
      ...(now !== undefined && { now }),
    },
    ...nowOf(record, explained, now),
    near: steps.filter(({ isNear }) => isNear),
    steps,
    notes: [...explained.notes, ...limited.notes],
  };
}

function aboutOf({ rpc: { hook } }: CallRecord): Why['about'] {
  if (hook === 'client.authenticate') return 'login';
  if (hook === 'client.authorize') return 'topic';
  return hook === 'message.publish' || hook === 'message.ingress' ? 'message' : 'other';
}

async function explainRecord(record: CallRecord, view: PolicyView, clients: ClientTable): Promise<Explained> {
  const { input, decision } = record;
  const about = aboutOf(record);
  if (input === undefined || about === 'other') return nothing;
  if (decision === undefined && record.failure === undefined && record.reply !== undefined)
    return { ...nothing, steps: [customStep(record)] };
  if (about === 'login') return explainLogin(record, view);
  if (about === 'topic') return await explainTopicOf(record, view, clients);
  const isWhole = record.payload?.byteLength === record.payloadBytes || record.payloadBytes === 0;
  return explainPublish(requestOf(record) as PublishInput, isWhole, view);
}

async function explainTopicOf(
  record: CallRecord,
  view: PolicyView,
  clients: ClientTable,
): Promise<Explained> {
  const { clientinfo, type, topic, meta } = record.input as HookInput<'client.authorize'>;
  const granted =
    view.policy?.policies.authorize?.grantsOf?.(clientinfo) ?? tagsOf(clientinfo.clientid, clients);
  const action = type === Action.PUBLISH ? 'publish' : 'subscribe';
  return await explainTopic({ client: clientinfo, action, topic, granted, version: meta.version }, view);
}

/** The tags of the last login that was seen: those that decided, unless the client has logged in again since. */
export function tagsOf(clientid: string, clients: ClientTable): Granted | undefined {
  const tags = clients.get(clientid)?.login?.tags;
  return tags === undefined ? undefined : { tags, isExpired: false };
}

/** Only where it tells something: another verdict, or other policies. */
function nowOf(record: CallRecord, { decision }: Explained, revision: string | undefined): Pick<Why, 'now'> {
  if (decision === undefined) return {};
  const isSame = decision.verdict === record.decision?.verdict && decision.by === record.decision.by;
  if (isSame && revision === record.revision) return {};
  return { now: { verdict: decision.verdict as Verdict, by: decision.by } };
}

function customStep({ rpc, reply }: CallRecord) {
  const reason = reply !== undefined && 'reason' in reply ? `: ${reply.reason}` : '';
  return stepOf({
    kind: 'hook',
    label: `hook ${rpc.hook} of your own`,
    outcome: 'hit',
    texts: [`answered ${reply?.kind ?? 'nothing'}${reason}`],
  });
}
