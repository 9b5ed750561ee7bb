/** Formats a comparison for programs, as one JSON document. Fields may be added, but keep their meaning. */
import { printableJson } from '../../lib/printable.ts';
import { type Effect, type Message, messageOf } from './effect.ts';
import type { Comparison, Group, Pair } from './group.ts';
import type { Registration } from './registration.ts';

export function toJson(
  { hooks, changed, untold, unrecorded }: Comparison,
  registrations: readonly Registration[],
): string {
  const document = {
    registrations: registrations.map(({ hook, before, after }) => ({
      hook,
      before: before ?? null,
      after: after ?? null,
    })),
    hooks,
    changed: changed.map(groupOf),
    untold: untold.map(groupOf),
    unrecorded,
  };
  return printableJson(JSON.stringify(document, undefined, 2));
}

function groupOf({ hook, calls, clients, topics }: Group) {
  const [first] = calls as readonly [Pair, ...Pair[]];
  const [before, after] = [ruleOf(first.before), ruleOf(first.after)];
  return { hook, before, after, count: calls.length, clients, topics, calls: calls.map(callOf) };
}

/** Field by field: the decider may contain a hash. */
export function ruleOf(effect: Effect) {
  return {
    kind: effect.kind,
    ...('by' in effect && { by: effect.by }),
    ...(effect.kind === 'untold' && { needs: effect.needs }),
  };
}

function callOf({ subject, before, after, dependsOnGrants }: Pair) {
  const { call, clientid, action, topic, message } = subject;
  return {
    file: call.file,
    line: call.line,
    clientid,
    action,
    ...(topic !== undefined && { topic }),
    ...(dependsOnGrants && { dependsOnGrants }),
    ...(message && {
      message: messageJson(message),
      before: resultOf(before, message),
      after: resultOf(after, message),
    }),
  };
}

/** Returns the resulting message; `null` when it is dropped, with the reason. */
function resultOf(effect: Effect, message: Message) {
  return {
    message: effect.kind === 'dropped' ? null : messageJson(messageOf(effect) ?? message),
    ...('reason' in effect && effect.reason !== undefined && { reason: effect.reason }),
  };
}

function messageJson({ topic, qos, payload }: Message) {
  return { topic, qos, payloadBase64: Buffer.from(payload).toString('base64') };
}
