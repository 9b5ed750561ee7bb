/**
 * A message rule: plain data, as in a configuration file.
 *
 * ```yaml
 * - name: readings are JSON
 *   topics: plant/+/reading
 *   decode: cbor
 *   require: { schema: ./reading.schema.json }
 *   set: { payload: { device: "${clientid}" } }
 *   encode: json
 * ```
 *
 * Topics and sender are matched against the broker's message; everything else sees the result of the earlier rules.
 */
import type { OneOrMore, TopicCondition, Who } from '../topics/rule.ts';

/** Names of codecs without settings. */
export const plainCodecs = [
  'json',
  'cbor',
  'msgpack',
  'base64',
  'base64url',
  'hex',
  'gzip',
  'deflate',
  'deflate-raw',
] as const;

export type PayloadCodecSpec =
  | (typeof plainCodecs)[number]
  | { readonly json: JsonSection }
  | { readonly protobuf: ProtobufSection }
  | { readonly avro: AvroSection };

export interface JsonSection {
  /** Accepts a byte order mark before the text and NUL bytes after it. */
  readonly lenient?: boolean;
}

/** A message type of a descriptor set, as written by `protoc --descriptor_set_out --include_imports`. */
export interface ProtobufSection {
  /** Path of the descriptor set. */
  readonly descriptors: string;
  /** Full name of the message type. */
  readonly message: string;
  readonly schemaId?: number;
  readonly names?: 'json' | 'proto';
  readonly defaults?: boolean;
  readonly extraFields?: 'refuse' | 'drop';
}

export interface AvroSection {
  /** Path of the schema. */
  readonly schema: string;
  readonly schemaId?: number;
  readonly unions?: 'auto' | 'wrapped';
  readonly extraFields?: 'refuse' | 'drop';
}

/** Requirements on a message. */
export interface Require {
  /** Size of the payload before this rule decodes it. */
  readonly payload?:
    | { readonly minBytes?: number | undefined; readonly maxBytes?: number | undefined }
    | undefined;
  readonly qos?: OneOrMore<Qos> | undefined;
  /** A JSON Schema that the decoded payload must meet: a path, or the schema itself. */
  readonly schema?: string | object | undefined;
  /** Whether formats in the schema are checked or are annotations only. Default: `assert`. */
  readonly schemaFormats?: 'assert' | 'annotate' | undefined;
  /** What to do with a message that does not meet them. `skip`: the rule does not apply to it. Default: `drop`. */
  readonly else?: 'drop' | 'pass' | 'skip' | undefined;
}

export type Qos = 0 | 1 | 2;

/** Changes made by a rule. Texts are templates. */
export interface SetSection {
  readonly topic?: string | undefined;
  readonly qos?: Qos | string | undefined;
  /** Values by field path, or a text that replaces the whole payload. */
  readonly payload?: string | Readonly<Record<string, unknown>> | undefined;
  /** Paths of fields to remove. */
  readonly remove?: OneOrMore<string> | undefined;
}

/** Everything is optional: a rule with only `stop` ends the list for the messages it matches. */
export interface MessageRule {
  readonly name?: string | undefined;
  readonly topics?: OneOrMore<TopicCondition> | undefined;
  readonly who?: Who | undefined;
  /** A CEL expression. */
  readonly when?: string | undefined;
  readonly decode?: OneOrMore<PayloadCodecSpec> | undefined;
  readonly require?: Require | undefined;
  readonly set?: SetSection | undefined;
  readonly encode?: OneOrMore<PayloadCodecSpec> | undefined;
  /** Drops the message; a text is the reason. */
  readonly drop?: string | true | undefined;
  /** No later rule is asked. */
  readonly stop?: boolean | undefined;
  readonly onError?: OnMessageError | undefined;
}

/** What to do with a message to which a rule cannot be applied: pass it unchanged, or drop it. */
export type OnMessageError = 'pass' | 'drop';

/** Reports whether the rule itself may drop a message. A sender then benefits if the rule is skipped. */
export function mayDrop({ drop, require: must }: MessageRule): boolean {
  return drop !== undefined || (must !== undefined && (must.else ?? 'drop') === 'drop');
}

/** Reports whether the codec produces a value rather than bytes. */
export function givesValue(spec: PayloadCodecSpec): boolean {
  return typeof spec === 'object' || spec === 'json' || spec === 'cbor' || spec === 'msgpack';
}

/** Returns the name of a codec for messages. */
export function codecLabel(spec: PayloadCodecSpec): string {
  return typeof spec === 'string' ? spec : (Object.keys(spec)[0] ?? '');
}

/** The part of an authorization rule that selects by topic and client. */
export function selectionOf({ name, topics, who }: MessageRule) {
  return {
    allow: 'publish' as const,
    ...(name !== undefined && { name }),
    ...(topics !== undefined && { topics }),
    ...(who !== undefined && { who }),
  };
}

/** Returns the label of a rule: its name, or its position in the list, from 1. */
export function messageLabel(rule: Pick<MessageRule, 'name'>, index: number): string {
  return rule.name ?? `rule ${index + 1}`;
}
