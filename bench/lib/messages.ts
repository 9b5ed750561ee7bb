/** The messages of protocol version 3 as bytes. Bundled into bench/.build/, because Node 20 cannot run TypeScript. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { HookProvider } from '../../gen/emqx/exhook/v3/exhook_pb.ts';

export { COOKED, RAW } from '../servers/hooks.ts';

const service = HookProvider.typeName;

function methodNamed(name: string) {
  const method = HookProvider.methods.find((candidate) => candidate.name === name);
  if (method === undefined) throw new Error(`${service} has no ${name}`);
  return method;
}

export function pathOf(name: string): string {
  return `/${service}/${name}`;
}

export function typeOf(name: string): string {
  return methodNamed(name).input.typeName;
}

export function encodeRequest(name: string, fields: object): Uint8Array {
  const { input } = methodNamed(name);
  return toBinary(input, create(input, fields as never));
}

export function encodeReply(name: string, fields: object): Uint8Array {
  const { output } = methodNamed(name);
  return toBinary(output, create(output, fields as never));
}

/** A reply as plain fields. */
export function readReply(name: string, bytes: Uint8Array): object {
  return fromBinary(methodNamed(name).output, bytes);
}

/** Normalizes a message: other encoders may write different bytes for it. */
export function normaliseReply(name: string, bytes: Uint8Array): Uint8Array {
  const { output } = methodNamed(name);
  return toBinary(output, fromBinary(output, bytes));
}
