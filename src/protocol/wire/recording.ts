/** Calls in recordings: one JSON object per line, the message as bytes and as JSON, without secrets. */
import { fromBinary, type JsonValue, type Message, toBinary, toJson } from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { hideToken } from '../schema/token.ts';
import { methodOf } from './descriptors.ts';
import type { Rpc } from './rpc.ts';

/** Placeholder for a secret in a recording. */
export const REDACTED = '***';

/** Returns the request of a call as fields of a recording's line. */
export type RecordedMessage =
  | { readonly message_base64: string; readonly message: JsonValue }
  | { readonly error: string };

/**
 * A request without its password, and without a token as user name. It is always encoded again from the decoded fields:
 * bytes may contain a field twice, and unknown fields may be secrets of a newer broker.
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

/** The protocol has the password in ClientInfo, which has this name in every request. */
function redactPassword(message: Message): void {
  const { clientinfo } = message as Message & { clientinfo?: { password: string } };
  if (clientinfo !== undefined && clientinfo.password !== '') clientinfo.password = REDACTED;
}

/** Clients may log in with a token as user name; brokers then send it with every call. */
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

/** Returns the headers of a call without pseudo-headers, with secrets replaced. */
export function recordHeaders(headers: RawHeaders): Record<string, string> {
  const recorded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    recorded[name] = secret.test(name) ? REDACTED : String(value);
  }
  return recorded;
}

/** Headers in Node.js form. */
export type RawHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>;
