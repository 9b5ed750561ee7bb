/** One sentence that says how a call ended, and by what. */
import { clip } from '../../lib/clip.ts';
import { printable } from '../../lib/printable.ts';
import type { Verdict } from '../api.ts';
import type { CallRecord } from '../tap/call-record.ts';
import { namesOf } from '../tap/names.ts';
import { verdictOf } from '../tap/verdict.ts';

export function sentenceOf(record: CallRecord): string {
  const verdict = verdictOf(record);
  return `${subjectOf(record)} ${endOf(verdict)}${becauseOf(record)}.`;
}

function subjectOf({ rpc, input }: CallRecord): string {
  const { clientid, topic, action } = namesOf(input);
  const client = clientid === '' ? 'A client without an id' : `Client ${quoted(clientid)}`;
  switch (rpc.hook) {
    case 'client.authenticate':
      return `The login of client ${quoted(clientid)}`;
    case 'client.authorize':
      return action === 'publish'
        ? `${client} wanted to publish to ${quoted(topic)}, which`
        : `${client} wanted to subscribe to ${quoted(topic)}, which`;
    case 'message.publish':
    case 'message.ingress':
      return `The message of client ${quoted(clientid)} to ${quoted(topic)}`;
    default:
      return `The call ${rpc.hook}`;
  }
}

function endOf(verdict: Verdict): string {
  return {
    allow: 'was allowed',
    deny: 'was refused',
    ignore: 'was left to the broker',
    pass: 'went on unchanged',
    rewrite: 'was rewritten',
    drop: 'was dropped',
    observed: 'was noted',
    loaded: 'was answered with the list of hooks',
    failed: 'got no answer',
  }[verdict];
}

function becauseOf({ decision, failure, override }: CallRecord): string {
  if (override !== undefined) return ', since a sink did not store its event in time';
  if (decision?.isShadow === true)
    return `: ${decision.by} would have said ${decision.verdict} (shadow mode), ${printable(clip(decision.reason, 512))}`;
  if (decision?.by === 'otherwise') return `: ${printable(clip(decision.reason, 512))}`;
  if (decision !== undefined && decision.by !== 'onError')
    return ` by ${printable(decision.by)}: ${printable(clip(decision.reason, 512))}`;
  if (failure !== undefined)
    return `: the call failed (${failure.code}), ${printable(clip(failure.message))}`;
  return '';
}

function quoted(text: string): string {
  return JSON.stringify(printable(clip(text)));
}
