/** The header of Confluent's serializers: a zero byte and the id of the schema in 4 bytes. */
import { malformed } from './error.ts';

/** @throws TypeError for an invalid id */
export function registryHeader(schemaId: number): Buffer {
  if (!Number.isInteger(schemaId) || schemaId < 0 || schemaId > 0xffff_ffff)
    throw new TypeError('the id of a schema must be an integer of 32 bits');
  const header = Buffer.alloc(5);
  header.writeUInt32BE(schemaId, 1);
  return header;
}

/**
 * Returns the bytes after one of the headers.
 *
 * @throws CodecError
 */
export function behindHeader(bytes: Uint8Array, headers: readonly Buffer[]): Uint8Array {
  const header = headers.find((each) => each.equals(bytes.subarray(0, each.length)));
  if (header === undefined)
    throw malformed('does not begin with the header of the schema registry and the id of the schema');
  return bytes.subarray(header.length);
}
