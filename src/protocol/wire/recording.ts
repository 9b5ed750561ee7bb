/** Calls as recordings hold them: one JSON object a line, the message in bytes and in words, without secrets. */
import { fromBinary, type JsonValue, type Message, toBinary, toJson } from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { hideToken } from '../schema/token.ts';
import { methodOf } from './descriptors.ts';
import type { Rpc } from './rpc.ts';

/** What stands for a secret in a recording. */
export const REDACTED = '***';

/** The request of a call, in the fields of a recording's line. */
export type RecordedMessage =
  | { readonly message_base64: string; readonly message: JsonValue }
  | { readonly error: string };

/**
 * A request without its password, and without a token in the place of a user name. It is always written anew from what was decoded: bytes can hold a field twice,
 * and fields that we do not know may be secrets of a newer broker.
 */
export function recordMessage(rpc: Rpc, bytes: Uint8Array): RecordedMessage {
  const { input } = methodOf(rpc);
  try {
    const message = fromBinary(input, bytes, { readUnknownFields: false });
    redactPassword(message);
    redactTokens(message);
    return { message_base64: base64Encode(toBinary(input, message)), message: toJson(input, message) };
  } catch {
    return {
      error: `${bytes.length} bytes that are not a ${input.typeName}; not recorded, since they may hold a password`,
    };
  }
}

/** ClientInfo is where the protocol carries a password, and every request has it under this name. */
function redactPassword(message: Message): void {
  const { clientinfo } = message as Message & { clientinfo?: { password: string } };
  if (clientinfo !== undefined && clientinfo.password !== '') clientinfo.password = REDACTED;
}

/** Clients may log in with a token in the place of a user name; brokers then tell it with every call. */
function redactTokens(request: Message): void {
  const { clientinfo, conninfo, message } = request as Message & {
    clientinfo?: { username: string };
    conninfo?: { username: string };
    message?: { headers?: { [name: string]: string } };
  };
  if (clientinfo !== undefined) clientinfo.username = hideToken(clientinfo.username);
  if (conninfo !== undefined) conninfo.username = hideToken(conninfo.username);
  const headers = message?.headers;
  if (headers?.username !== undefined) headers.username = hideToken(headers.username);
}

const secret = /authorization|cookie|credential|passw|secret|signature|token|api-?key/i;

/** The headers of a call without pseudo-headers, secrets replaced. */
export function recordHeaders(headers: RawHeaders): Record<string, string> {
  const recorded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    recorded[name] = secret.test(name) ? REDACTED : String(value);
  }
  return recorded;
}

/** Headers as Node gives them. */
export type RawHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>;
