/** The wire format of the fields of a message, by descriptor. */
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

export interface WirePlan {
  /** Wire type: 0 varint, 1 64-bit, 2 length-delimited, 3 group, 5 32-bit. */
  readonly type: number;
  /** Size of each element if the field may be packed. */
  readonly packed?: number | 'varint';
  readonly isGroup?: boolean;
  readonly isText?: boolean;
  readonly message?: DescMessage;
  readonly map?: { readonly key: WirePlan; readonly value: WirePlan };
}

const fixed64 = [ScalarType.DOUBLE, ScalarType.FIXED64, ScalarType.SFIXED64];
const fixed32 = [ScalarType.FLOAT, ScalarType.FIXED32, ScalarType.SFIXED32];

/** Cached: the plans of a message never change, and its descriptor lives as long as its codec. */
const plans = new WeakMap<DescMessage, ReadonlyMap<number, WirePlan>>();

/** Returns the plan of a field, or `undefined` if the message has no such number. */
export function wirePlan(message: DescMessage, number: number): WirePlan | undefined {
  let known = plans.get(message);
  if (known === undefined) {
    known = new Map(message.fields.map((field) => [field.number, planField(field)]));
    plans.set(message, known);
  }
  return known.get(number);
}

/** Counts the fields of a message that are written with their default if absent. */
export function implicitFields(message: DescMessage): number {
  return message.fields.length;
}

function planScalar(scalar: ScalarType): WirePlan {
  if (scalar === ScalarType.STRING) return { type: 2, isText: true };
  if (scalar === ScalarType.BYTES) return { type: 2 };
  if (fixed64.includes(scalar)) return { type: 1 };
  return { type: fixed32.includes(scalar) ? 5 : 0 };
}

const packedSizes: Readonly<Record<number, number | 'varint'>> = { 0: 'varint', 1: 8, 5: 4 };

function planElement(field: DescField): WirePlan {
  if (field.message !== undefined) {
    const isGroup = 'delimitedEncoding' in field && field.delimitedEncoding === true;
    return { type: isGroup ? 3 : 2, isGroup, message: field.message };
  }
  return field.scalar === undefined ? { type: 0 } : planScalar(field.scalar);
}

function planField(field: DescField): WirePlan {
  const element = planElement(field);
  if (field.fieldKind === 'map') return { type: 2, map: { key: planScalar(field.mapKey), value: element } };
  const packed = field.fieldKind === 'list' ? packedSizes[element.type] : undefined;
  return packed === undefined ? element : { ...element, packed };
}
