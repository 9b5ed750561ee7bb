/** Random messages of any type, made from its descriptor. */
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import fc from 'fast-check';

/** Text as protobuf carries it: any characters but lone surrogates. */
const text = fc.string({ unit: 'binary', maxLength: 12 });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

function scalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 24 });
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.UINT32:
      return uint32;
    case ScalarType.INT64:
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case ScalarType.UINT64:
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    default:
      throw new Error(`no field of the interface is a ${ScalarType[type]}`);
  }
}

/** Which values a message may have. */
export interface MessageOptions {
  /** Valid input only: every sub-message present, QoS and actions in range. */
  readonly valid: boolean;
}

function fieldValue(field: DescField, options: MessageOptions): fc.Arbitrary<unknown> {
  switch (field.fieldKind) {
    case 'scalar':
      // The QoS of a message is the only number that a schema limits.
      return options.valid && field.parent.name === 'Message' && field.name === 'qos'
        ? fc.integer({ min: 0, max: 2 })
        : scalar(field.scalar);
    case 'enum':
      return options.valid ? fc.constantFrom(...field.enum.values.map(({ number }) => number)) : fc.nat(9);
    case 'message':
      return messageFields(field.message, options);
    case 'list': {
      const item = field.listKind === 'message' ? messageFields(field.message, options) : text;
      return fc.array<unknown>(item, { maxLength: 3 });
    }
    case 'map':
      return fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true });
  }
}

/**
 * The fields of a random message, for `create`.
 *
 * Where older brokers leave a sub-message out and a schema has a default for it, it may be absent; so may
 * every sub-message of a message that need not be valid.
 */
export function messageFields(
  message: DescMessage,
  options: MessageOptions,
): fc.Arbitrary<Record<string, unknown>> {
  const isOptional = ({ name, fieldKind }: DescField) =>
    fieldKind === 'message' && (!options.valid || name === 'meta' || name === 'subopts');
  return fc.record(
    Object.fromEntries(message.fields.map((field) => [field.localName, fieldValue(field, options)])),
    { requiredKeys: message.fields.filter((field) => !isOptional(field)).map((field) => field.localName) },
  );
}
