/** The input of a call as it may be kept: no password, no token, and no bytes of the packet that it came in. */
import { mayBeToken } from '../../policy/topics/authorize-action.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import { HIDDEN_TOKEN, hideToken } from '../../protocol/schema/token.ts';
import type { CallRecord } from './call-record.ts';

/** Most bytes that are kept of a payload. */
export const MAX_PAYLOAD = 64 * 1024;

export interface KeepOptions {
  /** Whether payloads are kept. */
  readonly payloads: boolean;
}

interface Named {
  readonly username: string;
}

interface AnyInput {
  readonly clientinfo?: (Named & { readonly password?: string }) | undefined;
  readonly conninfo?: Named;
  readonly message?: HookInput<'message.publish'>['message'] | undefined;
  readonly meta?: unknown;
  readonly props?: unknown;
  readonly userProps?: unknown;
  /** Of message.dropped, among those with a message. */
  readonly reason?: unknown;
}

const NOTHING = new Uint8Array(0);

/** @param isToken whether any text that looks like a token may be one, since clients log in with one as user name. */
export function keepInput(
  record: CallRecord,
  input: HookInput,
  { payloads }: KeepOptions,
  isToken: boolean,
): void {
  const { clientinfo, conninfo, message } = input as AnyInput;
  let kept = input as AnyInput;
  if (clientinfo !== undefined && isSecret(clientinfo, isToken)) {
    const { password, username, ...rest } = clientinfo;
    record.hasPassword = password !== undefined && password !== '';
    kept = { ...kept, clientinfo: { ...rest, username: nameOf(username, isToken) } };
  }
  if (conninfo !== undefined && nameOf(conninfo.username, isToken) !== conninfo.username)
    kept = { ...kept, conninfo: { ...conninfo, username: HIDDEN_TOKEN } };
  if (message !== undefined) {
    record.payloadBytes = message.payload.byteLength;
    if (payloads) record.payload = keepPayload(message.payload);
    kept = withMessage(kept, withoutPayload(message, isToken));
  }
  record.input = kept as HookInput;
}

/** Fields are listed: a spread costs microseconds a call. */
function withMessage(
  { clientinfo, meta, props, userProps, reason }: AnyInput,
  message: AnyInput['message'],
): AnyInput {
  if (reason !== undefined) return { message, reason, meta };
  if (props === undefined) return { clientinfo, message, meta };
  if (clientinfo === undefined) return { message, meta, props, userProps };
  return { clientinfo, message, meta, props, userProps };
}

function withoutPayload(
  { node, id, qos, from, topic, timestamp, headers }: NonNullable<AnyInput['message']>,
  isToken: boolean,
): AnyInput['message'] {
  const shown = headersOf(headers, isToken);
  return { node, id, qos, from, topic, payload: NOTHING, timestamp, headers: shown };
}

/** Payloads up to so many bytes are copied into memory that they share: a small buffer for each costs a microsecond. */
const SMALL = 4096;

/** The first bytes, copied out of the packet that they came in. */
export function keepPayload(payload: Uint8Array): Uint8Array {
  const { byteLength, buffer } = payload;
  if (byteLength <= SMALL) return Buffer.from(payload);
  if (byteLength <= MAX_PAYLOAD && buffer.byteLength <= 2 * byteLength) return payload;
  // Not slice(): of a Buffer it is a view.
  return new Uint8Array(payload.subarray(0, MAX_PAYLOAD));
}

function isSecret({ password, username }: Named & { password?: string }, isToken: boolean): boolean {
  return password !== undefined || nameOf(username, isToken) !== username;
}

function nameOf(username: string, isToken: boolean): string {
  return isToken && mayBeToken(username) ? HIDDEN_TOKEN : hideToken(username);
}

function headersOf(headers: Readonly<Record<string, string>>, isToken: boolean): Record<string, string> {
  const { username } = headers;
  if (username === undefined || nameOf(username, isToken) === username) return headers;
  return { ...headers, username: HIDDEN_TOKEN };
}
