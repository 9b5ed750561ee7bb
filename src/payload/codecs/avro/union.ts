/** Unions of Avro. */
import type { Type } from 'avsc';
import { malformed } from '../error.ts';
import { checkKey, type Value } from '../value.ts';
import { isObject } from './containers.ts';
import { type AvroPlan, misfit, type Planner, type PlanOptions } from './plan.ts';

interface Branch {
  /** `null`, `string`, `acme.Reading`. */
  readonly name: string;
  readonly plan: () => AvroPlan;
}

/**
 * A union is its bare value if its branches look different. Otherwise it is an object with one entry, named after
 * the branch, as in Avro's JSON encoding. Null is always bare.
 */
export function unionPlan(types: readonly Type[], options: PlanOptions, planner: Planner): AvroPlan {
  const branches = types.map((type) => ({ name: checkKey(type.branchName ?? ''), plan: planner(type) }));
  const looks = types.map((type) => looksOf(type));
  const isBare = options.unions === 'auto' && new Set(looks).size === looks.length;
  const expected = isBare
    ? `a branch of the union: ${branches.map(({ name }) => name).join(', ')}`
    : `an object with one entry, named after a branch: ${branches.map(({ name }) => name).join(', ')}`;
  const choose = (value: Value) =>
    isBare || value === null ? chooseByLooks(branches, looks, value) : chooseByName(branches, value);
  return {
    expected,
    scan(scan, depth) {
      const branch = branches[scan.long()];
      if (branch === undefined) throw malformed('has a union branch that is not in the schema');
      const isWrapped = !isBare && branch.name !== 'null';
      if (isWrapped) {
        scan.count(1);
        scan.entries++;
      }
      branch.plan().scan(scan, isWrapped ? scan.enter(depth) : depth);
    },
    fromLibrary(value) {
      if (value === null) return null;
      const [[name, inner] = ['', undefined]] = Object.entries(value as object);
      const content =
        branches
          .find((branch) => branch.name === name)
          ?.plan()
          .fromLibrary(inner) ?? null;
      return isBare ? content : { [name]: content };
    },
    toLibrary(value, place) {
      const branch = choose(value);
      if (branch === undefined) throw misfit(place, expected);
      if (branch.name === 'null') return null;
      const inner = isBare ? value : (value as Readonly<Record<string, Value>>)[branch.name];
      const innerPlace = isBare ? place : { parent: place, name: branch.name };
      return { [branch.name]: branch.plan().toLibrary(inner ?? null, innerPlace) };
    },
  };
}

/** Uses only the name of the type: a branch may contain the union, whose plan does not exist yet. */
function looksOf(type: Type): string {
  const name = type.typeName.replace(/^abstract:/, '');
  if (['int', 'long', 'float', 'double'].includes(name)) return 'number';
  if (name === 'enum') return 'string';
  if (name === 'fixed') return 'bytes';
  return name === 'map' || name === 'record' || name === 'error' ? 'object' : name;
}

function chooseByLooks(
  branches: readonly Branch[],
  looks: readonly string[],
  value: Value,
): Branch | undefined {
  const wanted = looksOfValue(value);
  const index = looks.indexOf(wanted);
  // Bytes are base64 in JSON.
  return branches[index === -1 && wanted === 'string' ? looks.indexOf('bytes') : index];
}

function looksOfValue(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'number';
  if (typeof value !== 'object') return typeof value;
  if (value instanceof Uint8Array) return 'bytes';
  return Array.isArray(value) ? 'array' : 'object';
}

function chooseByName(branches: readonly Branch[], value: Value): Branch | undefined {
  const [name, ...others] = isObject(value) ? Object.keys(value) : [];
  if (name === undefined || others.length > 0) return undefined;
  return branches.find((branch) => branch.name === name && name !== 'null');
}
