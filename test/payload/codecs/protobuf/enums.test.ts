import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type Message,
  toJson,
} from '@bufbuild/protobuf';
import {
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { hoistUnknownEnums } from '../../../../src/payload/codecs/protobuf/enums.ts';

type Field = readonly [name: string, type: 'Kind' | 'Plan' | 'Step' | 'Leaf', isList?: 'list'];

/** Messages of the second version of the language, whose enum is closed: it has only the value 0. */
function typesOf(messages: Readonly<Record<string, readonly Field[]>>): (name: string) => DescMessage {
  const fieldOf = ([name, type, isList]: Field, i: number) => ({
    name,
    jsonName: name,
    number: i + 1,
    label: isList ? Label.REPEATED : Label.OPTIONAL,
    type: type === 'Kind' ? Type.ENUM : Type.MESSAGE,
    typeName: `.t.${type}`,
  });
  const file = {
    name: 't.proto',
    package: 't',
    syntax: 'proto2',
    enumType: [{ name: 'Kind', value: [{ name: 'NONE', number: 0 }] }],
    messageType: Object.entries(messages).map(([name, fields]) => ({ name, field: fields.map(fieldOf) })),
  };
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  return (name) => registry.getMessage(`t.${name}`) as DescMessage;
}

function hoisted(type: DescMessage, bytes: readonly number[]): Message {
  const message = fromBinary(type, Uint8Array.from(bytes));
  hoistUnknownEnums(type, message);
  return message;
}

const leaf: readonly Field[] = [];
const kinds: Field = ['kinds', 'Kind', 'list'];
/** Field 2, an enum, with the values 0 and 7. */
const known = [0x10, 0];
const unknown = [0x10, 7];
const within = (bytes: readonly number[]) => [0x0a, bytes.length, ...bytes];

describe('hoistUnknownEnums', () => {
  it.each(['Plan', 'Step'])(
    'finds the lists in messages that hold each other, when %s is seen first',
    (first) => {
      const types = typesOf({ Plan: [['step', 'Step'], kinds], Step: [['plan', 'Plan']], Leaf: leaf });
      hoisted(types(first), []);
      const plan = hoisted(types('Plan'), within(within([...known, ...unknown])));
      expect(toJson(types('Plan'), plan)).toEqual({ step: { plan: { kinds: ['NONE'] } } });
      const step = hoisted(types('Step'), within([...known, ...unknown]));
      expect(toJson(types('Step'), step)).toEqual({ plan: { kinds: ['NONE'] } });
    },
  );

  it('finds the list behind a type that was seen before with others', () => {
    const types = typesOf({
      Plan: [
        ['step', 'Step'],
        ['leaf', 'Leaf'],
      ],
      Step: [['plan', 'Plan'], kinds],
      Leaf: leaf,
    });
    hoisted(types('Leaf'), []);
    hoisted(types('Step'), []);
    const plan = hoisted(types('Plan'), within([...known, ...unknown]));
    expect(toJson(types('Plan'), plan)).toEqual({ step: { kinds: ['NONE'] } });
  });

  it('keeps each unknown value of a long list, in order', () => {
    const types = typesOf({ Plan: [['step', 'Step'], kinds], Step: leaf, Leaf: leaf });
    // Copied for each of them, the list of unknown fields would take minutes.
    const values = Array.from({ length: 100_000 }, (_, i) => (i % 127) + 1);
    const plan = hoisted(
      types('Plan'),
      values.flatMap((value) => [0x10, value]),
    );
    expect(plan.$unknown?.map(({ data }) => data[0])).toEqual(values);
  });
});
