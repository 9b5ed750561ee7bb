/** The shape of one rule of `publish.rules`. */
import * as z from 'zod';
import { choice, expects, oneOf, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { size } from '../../lib/schema/units.ts';
import { type PayloadCodecSpec, plainCodecs } from '../../policy/messages/rule.ts';
import { oneOrMore, TopicConditionSchema, WhenSchema, WhoSchema } from '../../policy/topics/rule-schema.ts';

const path = (example: string) => text('a path', `a path such as ${example}`);
const extraFields = choice(['refuse', 'drop'])
  .optional()
  .describe('What becomes of fields that the schema has not, at encoding. The default is refuse.');

const schemaId = wholeNumber('a schema id', 0, 0xffff_ffff)
  .optional()
  .describe("The id in the header of Confluent's schema registry; absent, payloads have no such header.");

const Protobuf = section(() => ({
  descriptors: path('./sensors.binpb').describe(
    'A descriptor set, as protoc --include_imports --descriptor_set_out writes it.',
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
    .describe('Whether fields that are not sent are decoded to their default values. The default is false.'),
  extraFields,
}));

const Avro = section(() => ({
  schema: path('./reading.avsc').describe('An Avro schema in JSON, complete in itself.'),
  schemaId,
  unions: choice(['auto', 'wrapped'])
    .optional()
    .describe(
      'wrapped: unions are always { "type": value }, as in the JSON encoding of Avro. The default is auto.',
    ),
  extraFields,
}));

const Json = section(() => ({
  lenient: yesOrNo()
    .optional()
    .describe(
      'Whether a byte order mark before the text and NUL bytes behind it are taken, as some devices send them. The default is false.',
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
  error: expects('a codec', `${codecNoun}, or a list of them in their order`),
});

const bytes = size({ min: 0, max: 256 * 2 ** 20, reads: 'from 0B to 256MiB' });
const qos = z.literal([0, 1, 2], { error: expects('a QoS', '0, 1 or 2') });
const jsonSchema = z.union([path('./reading.schema.json'), z.record(z.string(), z.unknown())], {
  error: expects('a JSON Schema', 'the path of its file, or the schema itself'),
});

const Require = section(() => ({
  payload: section(() => ({
    minBytes: bytes.optional().describe('The least bytes.'),
    maxBytes: bytes.optional().describe('The most bytes.'),
  }))
    .optional()
    .describe('The size of the payload, before this rule decodes it.'),
  qos: oneOrMore(qos).optional().describe('The QoS, or several of which one will do.'),
  schema: jsonSchema
    .optional()
    .describe('A JSON Schema that the decoded payload must meet: a path, or the schema itself.'),
  schemaFormats: choice(['assert', 'annotate'])
    .optional()
    .describe(
      'Whether "format" in the schema is checked (assert) or only describes (annotate). The default is assert.',
    ),
  else: choice(['drop', 'pass', 'skip'])
    .optional()
    .describe(
      'What becomes of a message that is otherwise: drop stops it, pass lets it go on as it came, skip leaves it to the rules behind. The default is drop.',
    ),
}));

const changeable = 'topic, qos, payload or remove';
const fixed = ['retain', 'properties', 'props', 'user_properties', 'user_props', 'from', 'clientid'];
const fixedToo = ['username', 'timestamp', 'headers', 'id', 'node', 'dup', 'expiry'];

/** Says what cannot be changed, before it says what is no key at all. */
function explainSetKey(key: string): string {
  return [...fixed, ...fixedToo].includes(key)
    ? `cannot be changed: EMQX takes back topic, QoS and payload only; remove ${key}`
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
    .describe('The new QoS, or a template that gives one.'),
  payload: z
    .union([z.string(), z.record(z.string(), z.unknown())], {
      error: expects('a payload', 'fields and their values, or a text in the place of all of it'),
    })
    .optional()
    .describe('Values by the path of a field, such as site.id: "${topic[1]}"; or a template of all of it.'),
  remove: z
    .union([z.string(), z.array(z.string()).min(1).readonly()], {
      error: expects('a path', 'the path of a field, or a list of them'),
    })
    .optional()
    .describe('Paths of fields to take out.'),
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
      .describe('What decision logs and "exhook explain" call the rule.'),
    topics: oneOrMore(TopicConditionSchema)
      .optional()
      .describe(
        'Topic filters, which choose by the topic that the client published to. Left out: every topic.',
      ),
    who: WhoSchema.optional().describe(
      'For messages of whom: client id, user name, address. Left out: of everyone.',
    ),
    when: WhenSchema.optional(),
    decode: codecs.optional().describe('How the payload is read, a codec or several in their order.'),
    require: Require.optional().describe('What the message must be.'),
    set: SetSection.optional().describe('What is changed.'),
    encode: codecs.optional().describe('How the payload is written, a codec or several in their order.'),
    drop: z
      .union([z.literal(true), z.string().min(1)], {
        error: expects('a reason', 'why the message is stopped, or true'),
      })
      .optional()
      .describe('Stops the message; a text is the reason in the log.'),
    stop: yesOrNo()
      .optional()
      .describe('Whether the rules behind this one are not asked. The default is false.'),
    onError: choice(['pass', 'drop']).optional().describe('In the place of publish.onError, for this rule.'),
  }),
  'a rule',
).describe('A rule: which messages, what they must be, and what becomes of them.');
