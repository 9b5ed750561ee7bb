/** Avro types that contain others: arrays, maps and records. */
import type { types } from 'avsc';
import { checkKey, type Value } from '../value.ts';
import { type AvroPlan, misfit, type Place, type Planner, type PlanOptions } from './plan.ts';

export function arrayPlan(items: () => AvroPlan): AvroPlan {
  return {
    expected: 'an array',
    scan(scan, depth) {
      const inner = scan.enter(depth);
      scan.blocks(() => items().scan(scan, inner));
    },
    fromLibrary: (value) => (value as unknown[]).map((item) => items().fromLibrary(item)),
    toLibrary(value, place) {
      if (!Array.isArray(value)) throw misfit(place, 'an array');
      return value.map((item, index) => items().toLibrary(item, { parent: place, name: index }));
    },
  };
}

/** Reports whether a value is an object, excluding null, arrays and bytes. */
export function isObject(value: Value): value is Readonly<Record<string, Value>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

export function mapPlan(values: () => AvroPlan): AvroPlan {
  return {
    expected: 'an object',
    scan(scan, depth) {
      const inner = scan.enter(depth);
      const entries = scan.blocks(() => {
        scan.key();
        values().scan(scan, inner);
      });
      scan.entries += entries;
    },
    fromLibrary: (map) =>
      Object.fromEntries(
        Object.entries(map as object).map(([key, item]) => [key, values().fromLibrary(item)]),
      ),
    toLibrary(value, place) {
      if (!isObject(value)) throw misfit(place, 'an object');
      // The key is payload content: it must not appear in an error text.
      const inner: Place = { parent: place, name: '*' };
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, values().toLibrary(item, inner)]),
      );
    },
  };
}

interface FieldPlan {
  readonly name: string;
  readonly isOptional: boolean;
  readonly plan: () => AvroPlan;
}

export function recordPlan(type: types.RecordType, options: PlanOptions, planner: Planner): AvroPlan {
  const fields: FieldPlan[] = type.fields.map((field) => ({
    name: checkKey(field.name),
    isOptional: field.defaultValue() !== undefined,
    plan: planner(field.type),
  }));
  return {
    expected: 'an object',
    scan(scan, depth) {
      const inner = scan.enter(depth);
      scan.count(fields.length);
      scan.entries += fields.length;
      for (const field of fields) field.plan().scan(scan, inner);
    },
    fromLibrary(record) {
      const read = record as Readonly<Record<string, unknown>>;
      return Object.fromEntries(fields.map(({ name, plan }) => [name, plan().fromLibrary(read[name])]));
    },
    toLibrary(value, place) {
      if (!isObject(value)) throw misfit(place, 'an object');
      const record = toRecord(fields, value, place);
      if (options.extraFields === 'refuse') refuseExtraFields(fields, value, place);
      return record;
    },
  };
}

function toRecord(
  fields: readonly FieldPlan[],
  value: Readonly<Record<string, Value>>,
  place: Place | undefined,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const { name, isOptional, plan } of fields) {
    const inner: Place = { parent: place, name };
    if (Object.hasOwn(value, name)) record[name] = plan().toLibrary(value[name] as Value, inner);
    // The library fills in the default.
    else if (!isOptional) throw misfit(inner, `${plan().expected}, but the field is missing`);
  }
  return record;
}

function refuseExtraFields(fields: readonly FieldPlan[], value: object, place: Place | undefined): void {
  const known = new Set(fields.map(({ name }) => name));
  if (Object.keys(value).some((key) => !known.has(key)))
    throw misfit(place, 'no field that is not in the record');
}
