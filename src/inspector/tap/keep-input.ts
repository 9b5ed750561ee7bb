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
  readonly clientinfo?: Named & { readonly password?: string };
  readonly conninfo?: Named;
  readonly message?: HookInput<'message.publish'>['message'];
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
    kept = {
      ...kept,
      message: { ...message, payload: NOTHING, headers: headersOf(message.headers, isToken) },
    };
  }
  record.input = kept as HookInput;
}

/** The first bytes, in memory of their own when they are a part of something larger. */
export function keepPayload(payload: Uint8Array): Uint8Array {
  const { byteLength, buffer } = payload;
  if (byteLength > MAX_PAYLOAD) return payload.slice(0, MAX_PAYLOAD);
  return buffer.byteLength <= 2 * byteLength + 256 ? payload : payload.slice();
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
