/** Keywords for members of objects that the schema does not list. */
import type { Check } from '../check.ts';
import { compilePattern, type PatternEngine } from '../pattern.ts';
import { isSchemaObject, type Schema } from '../schema.ts';
import type { Part, Site } from '../site.ts';

type Members = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, Schema>>;

export function patternProperties(schemas: Schemas, site: Site): Part {
  const patterns = Object.entries(schemas).map(([source, schema]) => ({
    pattern: compilePattern(source),
    check: site.compile(schema, false),
  }));
  const check: Check = (value, run, seen) => {
    for (const name of run.namesOf(value as Members, patterns.length)) {
      for (const each of patterns) {
        if (!each.pattern.test(name)) continue;
        if (!each.check((value as Members)[name], run, undefined)) return run.failBelow(name);
        seen?.addProperty(name);
      }
    }
    return true;
  };
  return { kind: 'object', check };
}

/** Applies to members not named by the adjacent `properties` and `patternProperties`. */
export function additionalProperties(schema: Schema, site: Site): Part {
  const isNamed = namedTest(site);
  const check = site.compile(schema, false);
  return {
    kind: 'object',
    check: restOfMembers('additionalProperties', schema, check, isNamed, patternsOf(site).length),
  };
}

function patternsOf(site: Site): string[] {
  const sources = site.keyword('patternProperties');
  return isSchemaObject(sources) ? Object.keys(sources) : [];
}

function namedTest(site: Site): (name: string) => boolean {
  const listed = site.keyword('properties');
  const names = new Set(isSchemaObject(listed) ? Object.keys(listed) : []);
  const patterns: PatternEngine[] = patternsOf(site).map(compilePattern);
  if (patterns.length === 0) return (name) => names.has(name);
  return (name) => names.has(name) || patterns.some((pattern) => pattern.test(name));
}

function restOfMembers(
  keyword: string,
  schema: Schema,
  check: Check,
  isNamed: (name: string) => boolean,
  cost: number,
): Check {
  return (value, run, seen) => {
    for (const name of run.namesOf(value as Members, cost)) {
      if (isNamed(name)) continue;
      if (!check((value as Members)[name], run, undefined)) {
        // The name comes from the client: keep it out of the error.
        return schema === false
          ? run.fail(keyword, 'must NOT have additional properties')
          : run.failBelow(name);
      }
    }
    if (seen !== undefined) seen.isEveryProperty = true;
    return true;
  };
}

/** Comes after all other keywords of its schema. */
export function unevaluatedProperties(schema: Schema, site: Site): Part {
  const check = site.compile(schema, false);
  return {
    kind: 'object',
    check: (value, run, seen) => {
      for (const name of run.namesOf(value as Members)) {
        if (seen?.hasProperty(name) === true || check((value as Members)[name], run, undefined)) continue;
        if (schema !== false) return run.failBelow(name);
        return run.fail('unevaluatedProperties', 'must NOT have unevaluated properties');
      }
      if (seen !== undefined) seen.isEveryProperty = true;
      return true;
    },
  };
}
