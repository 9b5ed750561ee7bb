/** Logs one record a verdict: who asked for what, the decision, what made it, and why. Never a secret. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../log/log.ts';
import type { Decision } from '../protocol/schema/decision.ts';
import { Action, type HookInput } from '../protocol/schema/requests.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';

export interface DecisionLogOptions {
  readonly log: 'all' | 'denied' | 'off';
  /** The fraction of verdicts that is logged, from 0 to 1. */
  readonly sample: number;
}

/** @param revision of the policies that decided. @param milliseconds since the call began. */
export type DecisionLog = (
  rpc: Rpc,
  input: HookInput,
  decision: Decision,
  revision: string | undefined,
  milliseconds: number,
) => void;

export interface DecisionLogWorld {
  readonly newId?: () => string;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export function createDecisionLog(
  log: Pick<Logger, 'info' | 'isLevelEnabled'>,
  { log: which, sample }: DecisionLogOptions,
  { newId = randomUUID, random = Math.random }: DecisionLogWorld = {},
): DecisionLog {
  if (which === 'off' || sample === 0) return () => {};
  return (rpc, input, decision, revision, milliseconds) => {
    if (which === 'denied' && !isRefusal(decision)) return;
    // The level may change while the server runs.
    if (!log.isLevelEnabled('info')) return;
    if (sample < 1 && random() >= sample) return;
    const { verdict, by, reason, isShadow, notes, conditions, isFailure } = decision;
    const record = {
      decision: newId(),
      hook: rpc.hook,
      ...('message' in input ? messageOf(input) : clientOf(input as HookInput<'client.authorize'>)),
      verdict,
      by,
      reason,
      ...(notes && { notes }),
      ...(conditions && { conditions }),
      ...(isFailure && { failed: true }),
      ...(isShadow && { shadow: true }),
      revision,
      ms: Math.round(milliseconds * 1000) / 1000,
    };
    log.info(record, (isShadow ? shadowTexts : texts)[verdict]);
  };
}

/** Details that help with debugging. */
function isRefusal({ verdict, isFailure }: Decision): boolean {
  return verdict === 'deny' || verdict === 'drop' || isFailure === true;
}

type Texts = Readonly<Record<Decision['verdict'], string>>;

const texts: Texts = {
  allow: 'allowed',
  deny: 'denied',
  ignore: 'left to the broker',
  pass: 'passed on unchanged',
  drop: 'dropped',
  rewrite: 'rewritten',
};
const shadowTexts: Texts = {
  allow: 'would be allowed',
  deny: 'would be denied',
  ignore: 'would be left to the broker',
  pass: 'would be passed on unchanged',
  drop: 'would be dropped',
  rewrite: 'would be rewritten',
};

/** A user name may be a token. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/** Never the payload. */
function messageOf({ message }: Pick<HookInput<'message.publish'>, 'message'>): object {
  const { node, id, from, topic, qos, headers } = message;
  const username = headers.username ?? '';
  const who = { node, clientid: from, username: hideToken(username), peerhost: headers.peerhost ?? '' };
  return { ...who, messageid: id, topic, qos };
}

function hideToken(username: string): string {
  return TOKEN.test(username) ? '(a token)' : username;
}

function clientOf({ clientinfo, type, topic }: HookInput<'client.authorize'>): object {
  const { node, clientid, username, peerhost } = clientinfo;
  const client = { node, clientid, username: hideToken(username), peerhost };
  if (topic === undefined) return client;
  return { ...client, action: type === Action.PUBLISH ? 'publish' : 'subscribe', topic };
}
