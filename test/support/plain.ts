import type { Message } from '@bufbuild/protobuf';

/** What protobuf-es read, as plain data: what src/protocol/wire/reader.ts makes of the same bytes. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as Message).filter(
    ([name, item]) => name !== '$typeName' && item !== undefined,
  );
  return Object.fromEntries(fields.map(([name, item]) => [name, plain(item)]));
}
