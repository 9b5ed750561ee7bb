/** The effect of a call under one configuration, as seen by the broker or its clients. */
import type { Decision } from '../../protocol/schema/decision.ts';
import type { Reply } from '../../protocol/schema/replies.ts';
import type { ComparedHook } from './subject.ts';

/** The parts of a message that a rule may change. */
export interface Message {
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
}

/** The verdict, and what decided it. */
export interface Decided {
  readonly kind: 'allow' | 'deny' | 'ignore' | 'unchanged' | 'dropped' | 'disconnected' | 'rewritten';
  /** The method or rule that decided. */
  readonly by: string;
  /** The same rule has the same identity in both configurations, wherever it is in its list. */
  readonly identity: string;
  /** The reason, where the rule alone does not tell: for dropped messages and failed rules. */
  readonly reason?: string | undefined;
  /** The rewritten message; only for `rewritten`. */
  readonly message?: Message | undefined;
}

export type Effect =
  /** The broker does not call this hook. */
  | { readonly kind: 'not asked' }
  /** The call fails without a decision: `onError` or the broker decides. */
  | { readonly kind: 'failed'; readonly by: string }
  | Untold
  | Decided;

/** The recording lacks data for this, such as a password. */
export interface Untold {
  readonly kind: 'untold';
  /** For a person: `users: needs the password`. */
  readonly needs: string;
  /**
   * Identifies the missing data, and the decisions with and without it. If both configurations have the same
   * signature, the call has the same effect in both. May contain password hashes: never shown.
   */
  readonly signature: string;
}

const kinds = {
  allow: 'allow',
  deny: 'deny',
  ignore: 'ignore',
  pass: 'unchanged',
  drop: 'dropped',
  rewrite: 'rewritten',
} as const;

/**
 * @param decision absent when a custom hook decided.
 * @param identify identifies rules by their content; see {@link Decided}.
 */
export function effectOf(
  hook: ComparedHook,
  reply: Reply,
  decision: Decision | undefined,
  before: Message | undefined,
  identify: (rule: string) => string,
): Decided {
  const isRefused = hook === 'message.ingress' && reply.kind === 'deny';
  const kind = isRefused ? 'disconnected' : kinds[reply.kind as keyof typeof kinds];
  if (decision === undefined) return { kind, by: 'custom hook', identity: 'custom hook', ...messageOf() };
  const { by, isShadow, rules = [by], reason } = decision;
  const identity = rules.map(identify).join('\n');
  const isTelling = kind === 'dropped' || isRefused || decision.isFailure === true;
  return {
    kind,
    by: isShadow ? `${by}, shadow` : by,
    identity,
    ...(isTelling && { reason }),
    ...messageOf(),
  };

  function messageOf(): Pick<Decided, 'message'> {
    if (reply.kind !== 'rewrite' || before === undefined) return {};
    const { topic = before.topic, qos = before.qos, payload = before.payload } = reply;
    return { message: { topic, qos, payload } };
  }
}

export type Difference = 'same' | 'changed' | 'untold';

/** Returns what a client would notice: another rule with the same result is not a difference. */
export function differenceOf(hook: ComparedHook, before: Effect, after: Effect): Difference {
  if (before.kind === 'untold' || after.kind === 'untold') {
    const isAlike =
      before.kind === 'untold' && after.kind === 'untold' && before.signature === after.signature;
    return isAlike ? 'same' : 'untold';
  }
  return isSame(hook, before, after) ? 'same' : 'changed';
}

/** Effects that equal not being called. Logins have none: EMQX releases differ in the meaning of `ignore`. */
const unasked: { readonly [Hook in ComparedHook]?: Effect['kind'] } = {
  'client.authorize': 'ignore',
  'message.ingress': 'unchanged',
  'message.publish': 'unchanged',
};

type Told = Exclude<Effect, Untold>;

function isSame(hook: ComparedHook, before: Told, after: Told): boolean {
  const kindOf = ({ kind }: Told) => (kind === 'not asked' ? (unasked[hook] ?? kind) : kind);
  if (kindOf(before) !== kindOf(after)) return false;
  if (before.kind === 'failed' && after.kind === 'failed') return before.by === after.by;
  const [old, now] = [messageOf(before), messageOf(after)];
  if (old === undefined || now === undefined) return old === now;
  return old.topic === now.topic && old.qos === now.qos && Buffer.from(old.payload).equals(now.payload);
}

/** Returns the resulting message, when it is rewritten. */
export function messageOf(effect: Effect): Message | undefined {
  return effect.kind === 'rewritten' ? effect.message : undefined;
}

/** `deny (otherwise)`, for people. */
export function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'not asked':
      return 'not asked';
    case 'untold':
      return `? (${effect.needs})`;
    case 'failed':
      return `fails (${effect.by})`;
    default:
      return `${effect.kind} (${effect.by})`;
  }
}
