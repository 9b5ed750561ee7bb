/** The schema of one rule of `publish.rules`. */
import * as z from 'zod';
import { choice, expects, oneOf, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { size } from '../../lib/schema/units.ts';
import { type PayloadCodecSpec, plainCodecs } from '../../policy/messages/rule.ts';
import { oneOrMore, TopicConditionSchema, WhenSchema, WhoSchema } from '../../policy/topics/rule-schema.ts';

const path = (example: string) => text('a path', `a path such as ${example}`);
const extraFields = choice(['refuse', 'drop'])
  .optional()
  .describe('How encoding treats fields that are not in the schema. The default is refuse.');

const schemaId = wholeNumber('a schema id', 0, 0xffff_ffff)
  .optional()
  .describe(
    "The schema id in the header of Confluent's schema registry. When absent, payloads have no such header.",
  );

const Protobuf = section(() => ({
  descriptors: path('./sensors.binpb').describe(
    'A descriptor set, made by protoc --include_imports --descriptor_set_out.',
  ),
  message: text('the name of a message', 'a full name such as acme.sensor.v1.Report').describe(
    'The full name of the message type.',
  ),
  schemaId,
  names: choice(['json', 'proto'])
    .optional()
    .describe(
      'Names of decoded fields: json is lowerCamelCase, proto as in the .proto file. The default is json.',
    ),
  defaults: yesOrNo()
    .optional()
    .describe('Whether missing fields are decoded to their default values. The default is false.'),
  extraFields,
}));

const Avro = section(() => ({
  schema: path('./reading.avsc').describe('A self-contained Avro schema in JSON.'),
  schemaId,
  unions: choice(['auto', 'wrapped'])
    .optional()
    .describe(
      'With wrapped, unions are always { "type": value }, as in the JSON encoding of Avro. The default is auto.',
    ),
  extraFields,
}));

const Json = section(() => ({
  lenient: yesOrNo()
    .optional()
    .describe(
      'Whether to accept a byte order mark before the text and NUL bytes after it, which some devices send. The default is false.',
    ),
}));

const codecNoun = `${oneOf(plainCodecs)}, { json: ... }, { protobuf: ... } or { avro: ... }`;
const codecError = expects('a codec', codecNoun);

const Codec = z.union(
  [
    z.enum(plainCodecs, { error: codecError }),
    section(() => ({ json: Json }), 'a codec'),
    section(() => ({ protobuf: Protobuf }), 'a codec'),
    section(() => ({ avro: Avro }), 'a codec'),
  ],
  { error: codecError },
) as unknown as z.ZodType<PayloadCodecSpec, PayloadCodecSpec>;

const codecs = z.union([Codec, z.array(Codec).min(1).readonly()], {
  error: expects('a codec', `${codecNoun}, or a list of them in order`),
});

const bytes = size({ min: 0, max: 256 * 2 ** 20, reads: 'from 0B to 256MiB' });
const qos = z.literal([0, 1, 2], { error: expects('a QoS', '0, 1 or 2') });
const jsonSchema = z.union([path('./reading.schema.json'), z.record(z.string(), z.unknown())], {
  error: expects('a JSON Schema', 'the path of its file, or the schema itself'),
});

const Require = section(() => ({
  payload: section(() => ({
    minBytes: bytes.optional().describe('The minimum size in bytes.'),
    maxBytes: bytes.optional().describe('The maximum size in bytes.'),
  }))
    .optional()
    .describe('The size of the payload before this rule decodes it.'),
  qos: oneOrMore(qos).optional().describe('The QoS, or a list of alternatives.'),
  schema: jsonSchema
    .optional()
    .describe('A JSON Schema that the decoded payload must meet: a path, or the schema itself.'),
  schemaFormats: choice(['assert', 'annotate'])
    .optional()
    .describe(
      'Whether "format" in the schema is checked (assert) or only documentation (annotate). The default is assert.',
    ),
  else: choice(['drop', 'pass', 'skip'])
    .optional()
    .describe(
      'What happens to a message that does not meet this: drop stops it, pass lets it pass unchanged, skip continues with the next rule. The default is drop.',
    ),
}));

const changeable = 'topic, qos, payload or remove';
const fixed = ['retain', 'properties', 'props', 'user_properties', 'user_props', 'from', 'clientid'];
const fixedToo = ['username', 'timestamp', 'headers', 'id', 'node', 'dup', 'expiry'];

/** Explains what cannot be changed before it reports an unknown key. */
function explainSetKey(key: string): string {
  return [...fixed, ...fixedToo].includes(key)
    ? `cannot be changed: EMQX accepts changes of topic, QoS and payload only; remove ${key}`
    : `is not a key here; write ${changeable}`;
}

const template = (what: string) => text('a text', what);

const SetShape = {
  topic: template('a topic; placeholders such as ${clientid}')
    .optional()
    .describe('The new topic, a template.'),
  qos: z
    .union([qos, z.string()], {
      error: expects('a QoS', '0, 1, 2 or a template such as "${payload.qos}"'),
    })
    .optional()
    .describe('The new QoS, or a template for it.'),
  payload: z
    .union([z.string(), z.record(z.string(), z.unknown())], {
      error: expects('a payload', 'fields and their values, or a text that replaces the payload'),
    })
    .optional()
    .describe('Values by field path, such as site.id: "${topic[1]}"; or a template for the whole payload.'),
  remove: z
    .union([z.string(), z.array(z.string()).min(1).readonly()], {
      error: expects('a path', 'the path of a field, or a list of them'),
    })
    .optional()
    .describe('Paths of fields to remove.'),
};

const SetSection = z
  .looseObject(SetShape, { error: expects('a section', `its keys on lines of their own: ${changeable}`) })
  .superRefine((set, context) => {
    for (const key of Object.keys(set)) {
      if (Object.hasOwn(SetShape, key)) continue;
      context.addIssue({ code: 'custom', path: [key], message: explainSetKey(key) });
    }
  })
  .meta({ additionalProperties: false });

export const MessageRule = section(
  () => ({
    name: text('a name', 'a text')
      .optional()
      .describe('The name of the rule in decision logs and "exhook explain".'),
    topics: oneOrMore(TopicConditionSchema)
      .optional()
      .describe('Topic filters for the topic that the client published to. Default: every topic.'),
    who: WhoSchema.optional().describe(
      'The publishers it applies to: client id, user name, address. Default: everyone.',
    ),
    when: WhenSchema.optional(),
    decode: codecs.optional().describe('How to decode the payload: a codec, or several in order.'),
    require: Require.optional().describe('What the message must meet.'),
    set: SetSection.optional().describe('What is changed.'),
    encode: codecs.optional().describe('How to encode the payload: a codec, or several in order.'),
    drop: z
      .union([z.literal(true), z.string().min(1)], {
        error: expects('a reason', 'a reason for stopping the message, or true'),
      })
      .optional()
      .describe('Stops the message. A text is logged as the reason.'),
    stop: yesOrNo().optional().describe('Whether to skip the rules after this one. The default is false.'),
    onError: choice(['pass', 'drop']).optional().describe('Overrides publish.onError for this rule.'),
  }),
  'a rule',
).describe('A rule: the messages it applies to, what they must meet, and what to do with them.');
