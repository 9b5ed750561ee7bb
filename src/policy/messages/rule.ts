/**
 * A rule on messages: plain data, as it stands in a configuration file.
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
 * Topics and sender choose by the message as the broker sent it; everything else sees it as the rules before left it.
 */
import type { OneOrMore, TopicCondition, Who } from '../topics/rule.ts';

/** Names of codecs that need nothing else. */
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
  /** Takes a byte order mark before the text and NUL bytes behind it. */
  readonly lenient?: boolean;
}

/** A message type of a descriptor set, which `protoc --descriptor_set_out --include_imports` writes. */
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

/** What a message must be. */
export interface Require {
  /** Of the bytes, before this rule decodes them. */
  readonly payload?:
    | { readonly minBytes?: number | undefined; readonly maxBytes?: number | undefined }
    | undefined;
  readonly qos?: OneOrMore<Qos> | undefined;
  /** A JSON Schema that the decoded payload must meet: a path, or the schema itself. */
  readonly schema?: string | object | undefined;
  /** Are formats in the schema checked, or do they only describe? Default: `assert`. */
  readonly schemaFormats?: 'assert' | 'annotate' | undefined;
  /** What becomes of a message that is otherwise. `skip`: the rule does not apply to it. Default: `drop`. */
  readonly else?: 'drop' | 'pass' | 'skip' | undefined;
}

export type Qos = 0 | 1 | 2;

/** What a rule changes. Texts are templates. */
export interface SetSection {
  readonly topic?: string | undefined;
  readonly qos?: Qos | string | undefined;
  /** Values by the path of a field, or a text in the place of the whole payload. */
  readonly payload?: string | Readonly<Record<string, unknown>> | undefined;
  /** Paths of fields to take out. */
  readonly remove?: OneOrMore<string> | undefined;
}

/** Everything is optional: a rule that says nothing but `stop` ends the rules for what it matches. */
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
  /** Stops the message; a text is the reason. */
  readonly drop?: string | true | undefined;
  /** No rule after this one is asked. */
  readonly stop?: boolean | undefined;
  readonly onError?: OnMessageError | undefined;
}

/** What becomes of a message to which a rule cannot be applied: it goes on as it came, or not at all. */
export type OnMessageError = 'pass' | 'drop';

/** May the rule stop a message by a decision of its own? Then whoever sends it gains when the rule is not asked. */
export function mayDrop({ drop, require: must }: MessageRule): boolean {
  return drop !== undefined || (must !== undefined && (must.else ?? 'drop') === 'drop');
}

/** Does the codec give a value, and not other bytes? */
export function givesValue(spec: PayloadCodecSpec): boolean {
  return typeof spec === 'object' || spec === 'json' || spec === 'cbor' || spec === 'msgpack';
}

/** As messages call a codec. */
export function codecLabel(spec: PayloadCodecSpec): string {
  return typeof spec === 'string' ? spec : (Object.keys(spec)[0] ?? '');
}

/** The part of an authorization rule that chooses by topic and client. */
export function selectionOf({ name, topics, who }: MessageRule) {
  return {
    allow: 'publish' as const,
    ...(name !== undefined && { name }),
    ...(topics !== undefined && { topics }),
    ...(who !== undefined && { who }),
  };
}

/** How messages call a rule: by its name, or by its place in the list, counted from 1. */
export function messageLabel(rule: Pick<MessageRule, 'name'>, index: number): string {
  return rule.name ?? `rule ${index + 1}`;
}
