/** What each answer makes EMQX do, with `failed_action = deny` and without authenticators or authorization sources. */
import type { DecodedMessage } from '../../../protocol/wire/decode-response.ts';
import type { Answer } from './provider.ts';
import type { Release } from './release.ts';

/** Whether a login is admitted. */
export function admits(answer: Answer, { admitsByItself }: Pick<Release, 'admitsByItself'>): boolean {
  // Without a hook and without an authenticator everybody gets in.
  if (answer.kind === 'not-asked') return true;
  if (answer.kind === 'failed') return false;
  const { value } = answer.response;
  return value?.case === 'boolResult' ? value.value : admitsByItself;
}

/** Whether a topic may be used. `no_match` is allow, as in EMQX's defaults. */
export function permits(answer: Answer): boolean {
  if (answer.kind === 'failed') return false;
  const value = answer.kind === 'reply' ? answer.response.value : undefined;
  return value?.case === 'boolResult' ? value.value : true;
}

/** What becomes of a message. */
export type MessageVerdict =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'replaced'; readonly message: DecodedMessage; readonly isDropped: boolean }
  /** Only at message.ingress: the connection ends. */
  | { readonly kind: 'rejected' };

const UNCHANGED: MessageVerdict = { kind: 'unchanged' };
const REJECTED: MessageVerdict = { kind: 'rejected' };

/** `ResponsedType.IGNORE` */
const IGNORE = 1;

/** At message.publish a message flows on whatever goes wrong. */
export function readPublish(answer: Answer): MessageVerdict {
  if (answer.kind !== 'reply' || answer.response.type === IGNORE) return UNCHANGED;
  return readMessage(answer) ?? UNCHANGED;
}

/** At message.ingress whatever is not a message or IGNORE rejects it. */
export function readIngress(answer: Answer): MessageVerdict {
  if (answer.kind === 'not-asked') return UNCHANGED;
  if (answer.kind === 'failed') return REJECTED;
  if (answer.response.type === IGNORE) return UNCHANGED;
  return readMessage(answer) ?? REJECTED;
}

function readMessage(answer: Answer & { readonly kind: 'reply' }): MessageVerdict | undefined {
  const { value } = answer.response;
  if (value?.case !== 'message') return undefined;
  const isDropped = value.value.headers.allow_publish === 'false';
  return { kind: 'replaced', message: value.value, isDropped };
}
