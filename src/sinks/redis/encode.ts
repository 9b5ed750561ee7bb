/** Encodes a delivery as a stream entry. Redis takes any bytes, so nothing is escaped. */
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

/** The body is always `data`; the other fields depend on the format. */
function fieldsOf({ id, key, format, contentType, attributes, body }: Delivery): Argument[] {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const common = ['id', id, 'key', key];
  if (format === 'raw') return [...common, 'data', data];
  const context =
    format === 'binary' ? Object.entries(attributes).flatMap(([name, value]) => [`ce-${name}`, value]) : [];
  return [...common, 'content-type', contentType, ...context, 'data', data];
}

/**
 * The key that remembers an id. A cluster places a key by the part in braces: both keys must be in one place. The
 * braces of a stream's own name are kept.
 */
export function seenKey(stream: string, id: string): string {
  return /\{[^}]+\}/.test(stream) ? `${stream}:seen:${id}` : `{${stream}}:seen:${id}`;
}

/**
 * Adds an entry unless its id is remembered, in one step. If adding fails, the id is not remembered. Returns `seen` for
 * a known id.
 */
const ADD_ONCE = `
if not redis.call('SET', KEYS[2], '', 'NX', 'PX', ARGV[1]) then return 'seen' end
local added = redis.pcall('XADD', KEYS[1], unpack(ARGV, 2))
if not added or added.err then redis.call('DEL', KEYS[2]) end
return added`;
