import {
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  ScalarType,
} from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { describe, expect, it } from 'vitest';
import { file_emqx_exhook_v1_exhook as v1 } from '../../../gen/emqx/exhook/v1/exhook_pb.ts';
import { file_emqx_exhook_v2_exhook as v2 } from '../../../gen/emqx/exhook/v2/exhook_pb.ts';
import { file_emqx_exhook_v3_exhook as v3 } from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
// The tables of the interface as EMQX's releases speak it, one row a fact, the versions that have it last.
import wire from '../../fixtures/exhook-wire.json' with { type: 'json' };

const nameIn = (file: DescFile, type: { typeName: string }) =>
  type.typeName.slice(file.proto.package.length + 1);
const lastName = (type: { typeName: string }) => type.typeName.split('.').at(-1);

function typeOf(field: DescField): string {
  const scalar = (type: ScalarType) => ScalarType[type].toLowerCase();
  switch (field.fieldKind) {
    case 'list':
      return `repeated ${field.listKind === 'scalar' ? scalar(field.scalar) : lastName(field.message ?? field.enum)}`;
    case 'map':
      return `map<${scalar(field.mapKey)}, ${field.mapKind === 'scalar' ? scalar(field.scalar) : '?'}>`;
    case 'scalar':
      return scalar(field.scalar) + (field.oneof === undefined ? '' : ` (oneof ${field.oneof.name})`);
    default: {
      const type = lastName(field.fieldKind === 'enum' ? field.enum : field.message);
      return type + (field.oneof === undefined ? '' : ` (oneof ${field.oneof.name})`);
    }
  }
}

const messagesOf = (file: DescFile): DescMessage[] =>
  [...nestedTypes(file)].filter((type) => type.kind === 'message');
const enumsOf = (file: DescFile): DescEnum[] => [...nestedTypes(file)].filter((type) => type.kind === 'enum');

describe.each([
  ['v1', v1],
  ['v2', v2],
  ['v3', v3],
])('the generated interface %s', (version, file) => {
  const rows = (table: (string | number)[][]): string[] =>
    table
      .filter((row) => String(row.at(-1)).split(' ').includes(version))
      .map((row) => row.slice(0, -1).join(' '))
      .sort();

  it('is the package of its broker', () => {
    expect(file.proto.package).toBe(`emqx.exhook.${version}`);
    expect(file.services.map(({ typeName }) => typeName)).toStrictEqual([
      `emqx.exhook.${version}.HookProvider`,
    ]);
    expect(file.proto.syntax).toBe('proto3');
  });

  it('has every call of EMQX and no other, all of them unary', () => {
    const methods = file.services.flatMap((service) => service.methods);
    expect(
      methods.map(({ name, input, output }) => `${name} ${lastName(input)} ${lastName(output)}`).sort(),
    ).toStrictEqual(rows(wire.rpcs));
    expect(methods.every(({ methodKind }) => methodKind === 'unary')).toBe(true);
  });

  it('has every field of EMQX and no other, with its number and type', () => {
    const fields = messagesOf(file).flatMap((message) =>
      message.fields.map(
        (field) => `${nameIn(file, message)} ${field.name} ${field.number} ${typeOf(field)}`,
      ),
    );
    expect(fields.sort()).toStrictEqual(rows(wire.fields));
  });

  it('has every value of every enum and no other', () => {
    const values = enumsOf(file).flatMap((type) =>
      type.values.map(({ name, number }) => `${nameIn(file, type)} ${name} ${number}`),
    );
    expect(values.sort()).toStrictEqual(rows(wire.enums));
  });

  it('has no message that nothing mentions', () => {
    const mentioned = new Set([
      ...rows(wire.fields).map((row) => row.split(' ')[0]),
      ...rows(wire.rpcs).flatMap((row) => row.split(' ').slice(1)),
    ]);
    expect(
      messagesOf(file)
        .map((message) => nameIn(file, message))
        .sort(),
    ).toStrictEqual([...mentioned].sort());
  });
});
