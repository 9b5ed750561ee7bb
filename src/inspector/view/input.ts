/** The input of a call as JSON, and its bytes as a broker would send them: without secrets. */

import type { HookInput } from '../../protocol/schema/requests.ts';
import { REDACTED } from '../../protocol/wire/recording.ts';
import { type Rpc, rpcs } from '../../protocol/wire/rpc.ts';
import type { CallRecord } from '../tap/call-record.ts';

/** Properties of MQTT whose values may be credentials: those of extended authentication, and names that say so. */
const secretName =
  /authentication.?data|authorization|cookie|credential|passw|secret|signature|token|api-?key/i;

interface Property {
  readonly name: string;
  readonly value: string;
}

/** Nothing when the request could not be read. */
export function inputView({ input, hasPassword }: CallRecord): Readonly<Record<string, unknown>> {
  if (input === undefined) return {};
  const shown = withoutSecretProperties(input) as { clientinfo?: object; message?: object };
  const { clientinfo, message } = shown;
  const { payload: _, ...rest } = (message ?? {}) as { payload?: unknown };
  return toPlain({
    ...shown,
    ...(clientinfo && hasPassword && { clientinfo: { ...clientinfo, password: REDACTED } }),
    ...(message && { message: rest }),
  }) as Record<string, unknown>;
}

/** What a broker of protocol version 3 would have sent; the payload is what is kept of it. */
export function requestOf(record: CallRecord): HookInput | undefined {
  const { input, payload, hasPassword } = record;
  if (input === undefined) return undefined;
  const shown = withoutSecretProperties(input) as { clientinfo?: object; message?: object };
  const { clientinfo, message } = shown;
  return {
    ...shown,
    ...(clientinfo && hasPassword && { clientinfo: { ...clientinfo, password: REDACTED } }),
    ...(message && payload && { message: { ...message, payload } }),
  } as HookInput;
}

/** The same call in protocol version 3, the shape that inputs have. */
export function rpcOfInput({ hook }: Rpc): Rpc {
  return rpcs.find((rpc) => rpc.version === 'v3' && rpc.hook === hook) as Rpc;
}

function withoutSecretProperties(input: HookInput): object {
  const { props, userProps } = input as { props?: readonly Property[]; userProps?: readonly Property[] };
  if (props === undefined && userProps === undefined) return input;
  return {
    ...input,
    ...(props && { props: props.map(hide) }),
    ...(userProps && { userProps: userProps.map(hide) }),
  };
}

/** Brokers before 5.9 print all user properties as the value of one. */
function hide(property: Property): Property {
  const { name, value } = property;
  const isSecret = secretName.test(name) || (name === 'User-Property' && secretName.test(value));
  return isSecret ? { ...property, value: REDACTED } : property;
}

/** JSON has no big integers and no bytes. */
function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toPlain(part)]));
}
