/** A delivery as an entry of a stream. Redis takes any bytes, so that nothing is encoded. */
import type { Delivery } from '../delivery.ts';

export type Argument = string | Buffer;

export interface EntryOptions {
  readonly create: boolean;
  readonly maxLength?: number | undefined;
  readonly dedupe?: { readonly ttl: number } | undefined;
}

/** The command that adds an entry. */
export function commandFor(delivery: Delivery, stream: string, options: EntryOptions): Argument[] {
  const { create, maxLength, dedupe } = options;
  const added: Argument[] = [
    ...(create ? [] : ['NOMKSTREAM']),
    ...(maxLength === undefined ? [] : ['MAXLEN', '~', String(maxLength)]),
    '*',
    ...fieldsOf(delivery),
  ];
  if (dedupe === undefined) return ['XADD', stream, ...added];
  return ['EVAL', ADD_ONCE, '2', stream, seenKey(stream, delivery.id), String(dedupe.ttl), ...added];
}

/** The body is always `data`; what stands beside it depends on the format. */
function fieldsOf({ id, key, format, contentType, attributes, body }: Delivery): Argument[] {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const common = ['id', id, 'key', key];
  if (format === 'raw') return [...common, 'data', data];
  const context =
    format === 'binary' ? Object.entries(attributes).flatMap(([name, value]) => [`ce-${name}`, value]) : [];
  return [...common, 'content-type', contentType, ...context, 'data', data];
}

/**
 * Where an id is remembered. The part in braces is what a cluster places a key by: both keys must be in one place.
 * A stream whose own name has braces brings them along.
 */
export function seenKey(stream: string, id: string): string {
  return /\{[^}]+\}/.test(stream) ? `${stream}:seen:${id}` : `{${stream}}:seen:${id}`;
}

/**
 * Adds an entry unless its id is remembered, in one step. An entry that cannot be added is not remembered.
 * Answers `seen` for one that is there already.
 */
const ADD_ONCE = `
if not redis.call('SET', KEYS[2], '', 'NX', 'PX', ARGV[1]) then return 'seen' end
local added = redis.pcall('XADD', KEYS[1], unpack(ARGV, 2))
if not added or added.err then redis.call('DEL', KEYS[2]) end
return added`;
