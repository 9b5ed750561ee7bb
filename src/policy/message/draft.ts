/** A message on its way through the rules. Each step makes a new one; the message of the broker stays as it is. */
import type { HookInput } from '../../schema/requests.ts';
import type { Subject } from '../subject.ts';
import { fail } from './failure.ts';
import type { PayloadCodec, Value } from './value.ts';

/** What message.publish is called with; message.ingress also says the client. */
export type PublishInput = HookInput<'message.publish'> &
  Partial<Pick<HookInput<'message.ingress'>, 'clientinfo'>>;

/** What the payload is decoded to. */
export interface View {
  readonly value: Value;
  /** How the bytes were decoded, in order: the way back is the other way round. */
  readonly chain: readonly PayloadCodec[];
  /** Whether the value is not that of the bytes any more. */
  readonly isChanged: boolean;
}

export interface Draft {
  /** As the broker sent it. */
  readonly input: PublishInput;
  readonly sender: Subject;
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
  readonly view: View | undefined;
}

export function startDraft(input: PublishInput, sender: Subject): Draft {
  const { topic, qos, payload } = input.message;
  return { input, sender, topic, qos, payload, view: undefined };
}

/** Who sent a message, as far as it says so: `''` for what it does not say. A will says the client id only. */
export function senderOf({ message, clientinfo }: PublishInput): Subject {
  if (clientinfo !== undefined) return clientinfo;
  const { from, node, headers } = message;
  const said = (name: string): string => (Object.hasOwn(headers, name) ? (headers[name] ?? '') : '');
  return {
    clientid: from,
    username: said('username'),
    peerhost: said('peerhost'),
    cn: '',
    protocol: said('protocol'),
    node,
  };
}

/** What templates and conditions call by the same names. `''` is what the message does not say. */
export const texts = {
  clientid: ({ sender }: Draft) => sender.clientid,
  username: ({ sender }: Draft) => sender.username,
  peerhost: ({ sender }: Draft) => sender.peerhost,
  protocol: ({ sender }: Draft) => sender.protocol ?? '',
  node: ({ input }: Draft) => input.message.node,
  id: ({ input }: Draft) => input.message.id,
};

/** The value of the payload, when a rule decoded it; else its bytes. */
export function payloadOf({ view, payload }: Draft): Value {
  return view === undefined ? payload : view.value;
}

/**
 * Reads the payload with one codec after another. What ends in a value is a view: the bytes stay. What ends in
 * bytes takes their place.
 *
 * @throws RuleFailure
 */
export function decodeDraft(draft: Draft, chain: readonly PayloadCodec[]): Draft {
  if (isReadAlready(draft.view, chain)) return draft;
  const settled = settleDraft(draft);
  let bytes = settled.payload;
  for (const codec of chain) {
    const decoded = decodeWith(codec, bytes);
    if (codec.kind === 'value')
      return { ...settled, view: { value: decoded as Value, chain, isChanged: false } };
    bytes = decoded as Uint8Array;
  }
  return { ...settled, payload: bytes, view: undefined };
}

function isReadAlready(view: View | undefined, chain: readonly PayloadCodec[]): boolean {
  if (view === undefined || view.isChanged || view.chain.length !== chain.length) return false;
  return view.chain.every((codec, i) => codec === chain[i]);
}

/**
 * Writes the payload with one codec after another: its value when the first of them takes one, else its bytes.
 *
 * @throws RuleFailure
 */
export function encodeDraft(draft: Draft, chain: readonly PayloadCodec[]): Draft {
  const [first] = chain;
  const back = chain.toReversed();
  if (first?.kind === 'value') {
    const { view } = draft;
    if (view === undefined)
      return fail(`encode: ${first.name} takes a value, and no rule decoded the payload`);
    const payload = encodeChain(view.value, chain);
    return { ...draft, payload, view: { value: view.value, chain: back, isChanged: false } };
  }
  const settled = settleDraft(draft);
  const payload = encodeChain(settled.payload, chain);
  const view = settled.view && { ...settled.view, chain: [...back, ...settled.view.chain] };
  return { ...settled, payload, view };
}

/** The bytes are those of the value again: what was changed is written the way it was read. @throws RuleFailure */
export function settleDraft(draft: Draft): Draft {
  const { view } = draft;
  if (view?.isChanged !== true) return draft;
  const payload = encodeChain(view.value, view.chain.toReversed());
  return { ...draft, payload, view: { ...view, isChanged: false } };
}

function encodeChain(from: Value, chain: readonly PayloadCodec[]): Uint8Array {
  let value = from;
  for (const codec of chain) value = encodeWith(codec, value);
  return value as Uint8Array;
}

function decodeWith(codec: PayloadCodec, bytes: Uint8Array): Value {
  try {
    return codec.decode(bytes);
  } catch (error) {
    return fail(`decode ${codec.name}: the payload ${codecReason(error)}`);
  }
}

function encodeWith(codec: PayloadCodec, value: Value): Uint8Array {
  try {
    return codec.encode(value as never);
  } catch (error) {
    return fail(`encode ${codec.name}: the payload ${codecReason(error)}`);
  }
}

/** A codec's own words say no value; anything else may. */
function codecReason(error: unknown): string {
  return error instanceof Error && error.name === 'CodecError' ? error.message : 'cannot be processed';
}
