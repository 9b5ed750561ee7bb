/** Keywords for objects. Only own names count: `constructor` exists only if the payload contains it. */
import type { Check } from '../check.ts';
import { isSchemaObject, type Schema } from '../schema.ts';
import type { Part, Site } from '../site.ts';

type Members = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, Schema>>;

const object = (check: Check): Part => ({ kind: 'object', check });

/** Number of names looked up in an object per unit. */
const costOf = (names: number): number => names >>> 2;

/** JSON has no undefined, so only inherited names need `Object.hasOwn`. */
const isInherited = (name: string): boolean => name in Object.prototype;

function hasTest(name: string): (members: Members) => boolean {
  if (isInherited(name)) return (members) => Object.hasOwn(members, name);
  return (members) => members[name] !== undefined;
}

export function maxProperties(limit: number): Part {
  const message = `must NOT have more than ${limit} properties`;
  return object(
    (value, run) => run.namesOf(value as Members).length <= limit || run.fail('maxProperties', message),
  );
}

export function minProperties(limit: number): Part {
  const message = `must NOT have fewer than ${limit} properties`;
  return object(
    (value, run) => run.namesOf(value as Members).length >= limit || run.fail('minProperties', message),
  );
}

export function required(names: readonly string[]): Part | undefined {
  if (!Array.isArray(names) || names.length === 0) return undefined;
  const messages = names.map((name) => `must have required property '${name}'`);
  const cost = costOf(names.length);
  if (names.some(isInherited)) {
    return object((value, run) => {
      run.charge(cost);
      const missing = names.findIndex((name) => !Object.hasOwn(value as Members, name));
      return missing === -1 || run.fail('required', messages[missing] as string);
    });
  }
  return object((value, run) => {
    run.charge(cost);
    for (let i = 0; i < names.length; i++) {
      if ((value as Members)[names[i] as string] === undefined)
        return run.fail('required', messages[i] as string);
    }
    return true;
  });
}

export function properties(schemas: Schemas, site: Site): Part {
  const listed = Object.entries(schemas).map(([name, schema]) => ({
    name,
    check: site.compile(schema, false),
    isInherited: isInherited(name),
  }));
  const cost = costOf(listed.length);
  return object((value, run, seen) => {
    run.charge(cost);
    const members = value as Members;
    for (const { name, check, isInherited } of listed) {
      const member = members[name];
      if (member === undefined || (isInherited && !Object.hasOwn(members, name))) continue;
      if (!check(member, run, undefined)) return run.failBelow(name);
      seen?.addProperty(name);
    }
    return true;
  });
}

export function propertyNames(schema: Schema, site: Site): Part {
  const check = site.compile(schema, false);
  return object((value, run) => {
    for (const name of run.namesOf(value as Members)) {
      if (check(name, run, undefined)) continue;
      run.forget();
      return run.fail('propertyNames', 'property name must be valid');
    }
    return true;
  });
}

/** `dependentRequired`, and `dependencies` with a list. */
export function dependentRequired(lists: Readonly<Record<string, unknown>>): Part {
  const dependencies = Object.entries(lists)
    .filter((entry): entry is [string, string[]] => Array.isArray(entry[1]))
    .map(([name, needed]) => ({
      has: hasTest(name),
      needed: needed.map((each) => ({
        has: hasTest(each),
        message: `must have property ${each} when property ${name} is present`,
      })),
    }));
  const cost = costOf(dependencies.reduce((sum, { needed }) => sum + 1 + needed.length, 0));
  return object((value, run) => {
    run.charge(cost);
    const members = value as Members;
    for (const { has, needed } of dependencies) {
      const missing = has(members) ? needed.find((each) => !each.has(members)) : undefined;
      if (missing !== undefined) return run.fail('dependentRequired', missing.message);
    }
    return true;
  });
}

export function dependentSchemas(schemas: Readonly<Record<string, unknown>>, site: Site): Part {
  const dependencies = Object.entries(schemas)
    .filter(([, schema]) => typeof schema === 'boolean' || isSchemaObject(schema))
    .map(([name, schema]) => ({ has: hasTest(name), check: site.compile(schema as Schema, site.tracks) }));
  const cost = costOf(dependencies.length);
  return object((value, run, seen) => {
    run.charge(cost);
    return dependencies.every(({ has, check }) => !has(value as Members) || check(value, run, seen));
  });
}

/** Up to draft 07, one keyword for both. */
export function dependencies(value: Readonly<Record<string, unknown>>, site: Site): Part {
  const lists = dependentRequired(value).check;
  const schemas = dependentSchemas(value, site).check;
  return object((members, run, seen) => lists(members, run, seen) && schemas(members, run, seen));
}
