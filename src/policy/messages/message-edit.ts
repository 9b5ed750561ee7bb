/** A message on its way through the rules. Each step makes a new one; the message of the broker stays as it is. */
import type { HookInput } from '../../protocol/schema/requests.ts';
import { type ConditionWork, MAX_CONDITION_WORK } from '../condition.ts';
import type { Subject } from '../subject.ts';
import { fail } from './failure.ts';
import type { CheckWork, PayloadCodec, Reading, Value } from './value.ts';

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
  /** Writes what the value became for the last codec of the chain, and keeps what did not change. */
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
  /** What the conditions of all rules may do together, and what their checks have done. */
  readonly work: ConditionWork & CheckWork;
}

export function startEdit(input: PublishInput, sender: Subject): MessageEdit {
  const { topic, qos, payload } = input.message;
  // Named one by one: spreading costs microseconds a message.
  const work = { conditionWork: MAX_CONDITION_WORK, checkWork: 0 };
  return { input, sender, topic, qos, payload, view: undefined, work };
}

/** The message with another payload or another view of it. Named one by one, as in `startEdit`. */
export function withPayload(
  { input, sender, topic, qos, work }: MessageEdit,
  payload: Uint8Array,
  view: View | undefined,
): MessageEdit {
  return { input, sender, topic, qos, payload, view, work };
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
  clientid: ({ sender }: MessageEdit) => sender.clientid,
  username: ({ sender }: MessageEdit) => sender.username,
  peerhost: ({ sender }: MessageEdit) => sender.peerhost,
  protocol: ({ sender }: MessageEdit) => sender.protocol ?? '',
  node: ({ input }: MessageEdit) => input.message.node,
  id: ({ input }: MessageEdit) => input.message.id,
};

/** The value of the payload, when a rule decoded it; else its bytes. */
export function payloadOf({ view, payload }: MessageEdit): Value {
  return view === undefined ? payload : view.value;
}

/**
 * Reads the payload with one codec after another. What ends in a value is a view: the bytes stay. What ends in
 * bytes takes their place.
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
 * Writes the payload with one codec after another: its value when the first of them takes one, else its bytes.
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

/** A lenient codec of JSON writes what a strict one does. */
function writesAlike(read: PayloadCodec | undefined, written: PayloadCodec): boolean {
  return read === written || (read?.name === 'json' && written.name === 'json');
}

/** The bytes are those of the value again: what was changed is written the way it was read. @throws RuleFailure */
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

/** A codec's own words say no value; anything else may. */
function codecReason(error: unknown): string {
  return error instanceof Error && error.name === 'CodecError' ? error.message : 'cannot be processed';
}
