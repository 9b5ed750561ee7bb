/** Describes recorded calls, independent of decisions. */

import { schemas } from '../../protocol/schema/compiled.ts';
import { type HookName, isSentMessageHook } from '../../protocol/schema/hook-name.ts';
import { Action, type HookInput } from '../../protocol/schema/requests.ts';
import { decode } from '../../protocol/wire/decode.ts';
import type { FileCall, RecordedCall } from '../../protocol/wire/read-recording.ts';
import type { Message } from './effect.ts';

/** The hooks that return an answer: nothing else can change. */
export const comparedHooks = [
  'client.authenticate',
  'client.authorize',
  'message.ingress',
  'message.publish',
] as const;
export type ComparedHook = (typeof comparedHooks)[number];

export function isCompared(name: HookName): name is ComparedHook {
  return (comparedHooks as readonly string[]).includes(name);
}

/** One call with an answer. */
export interface Subject {
  readonly hook: ComparedHook;
  readonly call: FileCall;
  readonly clientid: string;
  /** For people: `publish`, `subscribe`, `from 10.0.0.7`, without possible secrets. */
  readonly action: string;
  /** Absent for logins. */
  readonly topic?: string | undefined;
  /** The message as received. */
  readonly message?: Message | undefined;
  /** Milliseconds since 1970, when the recording has it. */
  readonly time: number | undefined;
}

/** Returns the calls with an answer, in order. */
export function subjectsOf(calls: readonly FileCall[]): Subject[] {
  const found: Omit<Subject, 'time'>[] = [];
  let start: number | undefined;
  for (const call of calls) {
    const { hook } = call.rpc;
    if (!isCompared(hook)) continue;
    const input = inputOf(call);
    // Messages have the broker's time, which dates recordings without times.
    const time = call.timeMs ?? messageTime(input);
    if (time !== undefined) start ??= time - call.atMs;
    found.push({ hook, call, ...describe(hook, input) });
  }
  return found.map((subject) => {
    const { timeMs, atMs } = subject.call;
    return { ...subject, time: timeMs ?? (start === undefined ? undefined : start + atMs) };
  });
}

/** Returns `undefined` for an unreadable call: every configuration answers it in the same way. */
function inputOf({ rpc, bytes }: RecordedCall): HookInput | undefined {
  try {
    const parsed = schemas[rpc.hook].input.safeParse(rpc.lift(decode(rpc, bytes)));
    return parsed.success ? (parsed.data as HookInput) : undefined;
  } catch {
    return undefined;
  }
}

function messageTime(input: HookInput | undefined): number | undefined {
  const { message } = (input ?? {}) as Partial<HookInput<'message.publish'>>;
  return message === undefined ? undefined : Number(message.timestamp);
}

type Described = Pick<Subject, 'clientid' | 'action' | 'topic' | 'message'>;

function describe(hook: ComparedHook, input: HookInput | undefined): Described {
  if (input === undefined) return { clientid: '', action: 'a request that cannot be read' };
  if (isSentMessageHook(hook)) {
    const { from, topic, qos, payload } = (input as HookInput<'message.publish'>).message;
    const action = hook === 'message.ingress' ? `QoS ${qos} at ingress` : `QoS ${qos}`;
    return { clientid: from, action, topic, message: { topic, qos, payload } };
  }
  if (hook === 'client.authenticate') {
    const { clientid, peerhost } = (input as HookInput<'client.authenticate'>).clientinfo;
    return { clientid, action: peerhost === '' ? 'login' : `login from ${peerhost}` };
  }
  const { clientinfo, type, topic } = input as HookInput<'client.authorize'>;
  return { clientid: clientinfo.clientid, action: type === Action.PUBLISH ? 'publish' : 'subscribe', topic };
}
