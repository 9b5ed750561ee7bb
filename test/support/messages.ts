/** Message rules as a configuration file has them, opened, and messages for them. */
import * as z from 'zod';
import { openConditionsFor } from '../../src/lookup/messages/open-conditions.ts';
import { openMessages } from '../../src/lookup/messages/open-messages.ts';
import { Publish } from '../../src/lookup/sections/publish.ts';
import { decideMessage, type PublishOutcome, type PublishPolicy } from '../../src/policy/messages/decide.ts';
import type { PublishInput } from '../../src/policy/messages/message-edit.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { aClient, aMessage, aMeta } from './inputs.ts';

export type PublishSection = z.input<typeof Publish>;
export type RuleSection = NonNullable<PublishSection['rules']>[number];

/** @throws Error with the problems of the section. */
export async function openPublish(section: PublishSection): Promise<PublishPolicy> {
  const publish = Publish.parse(section);
  const problems: string[] = [];
  const conditions = await openConditionsFor({ authorize: undefined, publish });
  const policy = await openMessages(publish, conditions, problems);
  if (policy === undefined) throw new Error(problems.join('\n'));
  return policy;
}

/** The same message as message.ingress is called with. */
export function ingressInput(given: Given): HookInput<'message.ingress'> {
  return { ...publishInput(given), clientinfo: aClient() };
}

/** The errors of the rules, as the loader finds them: `[0].set.topic: is not a topic`. */
export function problemsOf(rules: readonly unknown[]): string[] {
  const parsed = Publish.safeParse({ rules });
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => `${z.core.toDotPath(path.slice(1))}: ${message}`);
}

export interface Given {
  readonly topic?: string;
  readonly payload?: string | Uint8Array | object;
  readonly qos?: number;
  readonly from?: string;
  readonly headers?: Record<string, string>;
  readonly userProps?: { name: string; value: string }[];
}

/** An object becomes JSON. */
export function publishInput({ payload = '', userProps = [], ...message }: Given): PublishInput {
  return {
    message: aMessage({ topic: 'a/b', ...message, payload: bytesOf(payload) }),
    meta: aMeta(),
    props: [],
    userProps,
  };
}

export function bytesOf(payload: string | Uint8Array | object): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

/** The result for a message, in short. */
export function tell({ reply, decision }: PublishOutcome): object {
  const { verdict, by, reason } = decision;
  if (reply.kind !== 'rewrite') return { verdict, by, reason };
  const { topic, qos, payload } = reply;
  return {
    verdict,
    by,
    ...(topic !== undefined && { topic }),
    ...(qos !== undefined && { qos }),
    ...(payload !== undefined && { payload: new TextDecoder().decode(payload) }),
  };
}

/** Applies rules to a message. */
export async function judge(rules: RuleSection[], given: Given, rest: PublishSection = {}): Promise<object> {
  return tell(decideMessage(await openPublish({ rules, ...rest }), publishInput(given)));
}
