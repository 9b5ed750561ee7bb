/** A message on its way through the rules. Each step makes a new one; the broker's message stays unchanged. */
import type { HookInput } from '../../protocol/schema/requests.ts';
import { type ConditionWork, MAX_CONDITION_WORK } from '../condition.ts';
import type { Subject } from '../subject.ts';
import { fail } from './failure.ts';
import type { CheckWork, PayloadCodec, Reading, Value } from './value.ts';

/** Input of message.publish; message.ingress also has the client. */
export type PublishInput = HookInput<'message.publish'> &
  Partial<Pick<HookInput<'message.ingress'>, 'clientinfo'>>;

/** What the payload is decoded to. */
export interface View {
  readonly value: Value;
  /** The decoders, in order. Encoding runs in reverse. */
  readonly chain: readonly PayloadCodec[];
  /** The value has changed since it was decoded. */
  readonly isChanged: boolean;
  /** Writes the changed value with the last codec of the chain, and preserves what did not change. */
  readonly rewrite?: Reading['rewrite'] | undefined;
}

export interface MessageEdit {
  /** As the broker sent it. */
  readonly input: PublishInput;
  readonly sender: Subject;
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
  readonly view: View | undefined;
  /** Shared budget of all conditions, and work done by checks. */
  readonly work: ConditionWork & CheckWork;
}

export function startEdit(input: PublishInput, sender: Subject): MessageEdit {
  const { topic, qos, payload } = input.message;
  // Fields are listed: a spread costs microseconds per message.
  const work = { conditionWork: MAX_CONDITION_WORK, checkWork: 0 };
  return { input, sender, topic, qos, payload, view: undefined, work };
}

/** Replaces the payload or the view of it. Fields are listed, as in `startEdit`. */
export function withPayload(
  { input, sender, topic, qos, work }: MessageEdit,
  payload: Uint8Array,
  view: View | undefined,
): MessageEdit {
  return { input, sender, topic, qos, payload, view, work };
}

/** The sender, from the message; `''` for what it lacks. A will message has the client id only. */
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

/** Values that templates and conditions share; `''` if the message lacks one. */
export const texts = {
  clientid: ({ sender }: MessageEdit) => sender.clientid,
  username: ({ sender }: MessageEdit) => sender.username,
  peerhost: ({ sender }: MessageEdit) => sender.peerhost,
  protocol: ({ sender }: MessageEdit) => sender.protocol ?? '',
  node: ({ input }: MessageEdit) => input.message.node,
  id: ({ input }: MessageEdit) => input.message.id,
};

/** The value of the payload if a rule decoded it; else its bytes. */
export function payloadOf({ view, payload }: MessageEdit): Value {
  return view === undefined ? payload : view.value;
}

/**
 * Decodes the payload with one codec after another. A value becomes the view and the bytes stay; bytes replace the
 * payload.
 *
 * @throws RuleFailure
 */
export function decodePayload(edit: MessageEdit, chain: readonly PayloadCodec[]): MessageEdit {
  if (isReadAlready(edit.view, chain)) return edit;
  const settled = settleEdit(edit);
  let bytes = settled.payload;
  for (const codec of chain) {
    if (codec.kind === 'value') {
      const { value, rewrite } = decodeWith(
        codec,
        () => codec.read?.(bytes) ?? { value: codec.decode(bytes) },
      );
      return withPayload(settled, settled.payload, { value, chain, isChanged: false, rewrite });
    }
    bytes = decodeWith(codec, () => codec.decode(bytes));
  }
  return withPayload(settled, bytes, undefined);
}

function isReadAlready(view: View | undefined, chain: readonly PayloadCodec[]): boolean {
  if (view === undefined || view.isChanged || view.chain.length !== chain.length) return false;
  return view.chain.every((codec, i) => codec === chain[i]);
}

/**
 * Encodes the payload with one codec after another: its value if the first codec takes one, else its bytes.
 *
 * @throws RuleFailure
 */
export function encodePayload(edit: MessageEdit, chain: readonly PayloadCodec[]): MessageEdit {
  const [first] = chain;
  const back = chain.toReversed();
  if (first?.kind === 'value') {
    const { view } = edit;
    if (view === undefined)
      return fail(`encode: ${first.name} takes a value, and no rule decoded the payload`);
    const rewrite = writesAlike(view.chain.at(-1), first) ? view.rewrite : undefined;
    const payload = encodeChain(view.value, chain, rewrite);
    return withPayload(edit, payload, { value: view.value, chain: back, isChanged: false, rewrite });
  }
  const settled = settleEdit(edit);
  const payload = encodeChain(settled.payload, chain);
  const view = settled.view && { ...settled.view, chain: [...back, ...settled.view.chain] };
  return { ...settled, payload, view };
}

/** The lenient JSON codec writes like the strict one. */
function writesAlike(read: PayloadCodec | undefined, written: PayloadCodec): boolean {
  return read === written || (read?.name === 'json' && written.name === 'json');
}

/** Writes a changed value back in the way it was read. @throws RuleFailure */
export function settleEdit(edit: MessageEdit): MessageEdit {
  const { view } = edit;
  if (view?.isChanged !== true) return edit;
  const payload = encodeChain(view.value, view.chain.toReversed(), view.rewrite);
  const { value, chain, rewrite } = view;
  return withPayload(edit, payload, { value, chain, isChanged: false, rewrite });
}

function encodeChain(from: Value, chain: readonly PayloadCodec[], rewrite?: Reading['rewrite']): Uint8Array {
  const [first, ...rest] = chain;
  if (first === undefined) return from as Uint8Array;
  let bytes = encodeWith(first, () => (rewrite ?? first.encode.bind(first))(from as never));
  for (const codec of rest) bytes = encodeWith(codec, () => codec.encode(bytes as never));
  return bytes;
}

function decodeWith<Decoded>(codec: PayloadCodec, decode: () => Decoded): Decoded {
  try {
    return decode();
  } catch (error) {
    return fail(`decode ${codec.name}: the payload ${codecReason(error)}`);
  }
}

function encodeWith(codec: PayloadCodec, encode: () => Uint8Array): Uint8Array {
  try {
    return encode();
  } catch (error) {
    return fail(`encode ${codec.name}: the payload ${codecReason(error)}`);
  }
}

/** Errors of codecs never contain a value; others may. */
function codecReason(error: unknown): string {
  return error instanceof Error && error.name === 'CodecError' ? error.message : 'cannot be processed';
}
