/** Compiles a schema to a check: closures, no code generation at run time. */
import { always, type Check, never } from './check.ts';
import { combine } from './combine.ts';
import { isKnownKeyword } from './dialect.ts';
import { DynamicReferences } from './dynamic.ts';
import type { FindFormat } from './formats.ts';
import { keywordCompilers, unevaluatedCompilers } from './keywords/keywords.ts';
import { isOld, type Registry, type Resource, type Target } from './registry.ts';
import { keywordOf, type Schema, type SchemaObject } from './schema.ts';
import { Seen } from './seen.ts';
import type { KeywordCompiler, Part, Site } from './site.ts';

/** Parts of a schema that check nothing, although the author may expect it. */
export interface Ignored {
  readonly keywords: Set<string>;
  readonly formats: Set<string>;
}

/** A reference may be compiled while its schema is still being compiled. */
interface Node {
  check: Check | undefined;
}

export class Compiler {
  readonly ignored: Ignored = { keywords: new Set(), formats: new Set() };
  readonly #registry: Registry;
  readonly #findFormat: FindFormat;
  readonly #plain = new Map<SchemaObject, Node>();
  readonly #tracking = new Map<SchemaObject, Node>();
  readonly #dynamic: DynamicReferences;

  constructor(registry: Registry, findFormat: FindFormat) {
    this.#registry = registry;
    this.#findFormat = findFormat;
    this.#dynamic = new DynamicReferences(registry, (target, tracks) => this.#enter(target, tracks));
  }

  /** @throws TypeError */
  compile(resource: Resource): Check {
    const root = { schema: resource.root, resource };
    const check = this.#node(root, false);
    this.#dynamic.complete();
    // Without dynamic references, entered resources are not needed.
    return this.#dynamic.isEmpty ? check : this.#enter(root, false);
  }

  #enter(target: Target, tracks: boolean): Check {
    const { resource } = target;
    const check = this.#node(target, tracks);
    return (value, run, seen) => {
      run.scope.push(resource);
      const isMet = check(value, run, seen);
      run.scope.pop();
      return isMet;
    };
  }

  #from(here: Resource, target: Target, tracks: boolean): Check {
    return target.resource === here ? this.#node(target, tracks) : this.#enter(target, tracks);
  }

  #node({ schema, resource }: Target, tracks: boolean): Check {
    if (typeof schema === 'boolean') return schema ? always : never;
    const nodes = tracks ? this.#tracking : this.#plain;
    const known = nodes.get(schema);
    if (known !== undefined)
      return known.check ?? ((value, run, seen) => (known.check as Check)(value, run, seen));
    const node: Node = { check: undefined };
    nodes.set(schema, node);
    node.check = this.#compileObject(schema, resource, tracks);
    return node.check;
  }

  #compileObject(schema: SchemaObject, resource: Resource, tracks: boolean): Check {
    const { keywords } = resource.dialect;
    if (isOld(resource.dialect) && Object.hasOwn(schema, '$ref') && keywords.has('$ref')) {
      const site = this.#site(schema, resource, tracks);
      return combine(partsOf(new Map([...keywordCompilers].filter(([name]) => name === '$ref')), site));
    }
    this.#note(schema, resource);
    const asks = [...unevaluatedCompilers.keys()].some(
      (keyword) => keywords.has(keyword) && Object.hasOwn(schema, keyword),
    );
    const site = this.#site(schema, resource, tracks || asks);
    const check = combine(partsOf(keywordCompilers, site));
    return asks ? withUnevaluated(check, combine(partsOf(unevaluatedCompilers, site))) : check;
  }

  #note(schema: SchemaObject, { dialect }: Resource): void {
    for (const keyword of Object.keys(schema))
      if (!isKnownKeyword(keyword, dialect)) this.ignored.keywords.add(keyword);
  }

  #site(schema: SchemaObject, resource: Resource, tracks: boolean): Site {
    const { dialect } = resource;
    const homeOf = (subschema: Schema): Resource =>
      (typeof subschema === 'object' && this.#registry.resourceOf(subschema)) || resource;
    return {
      schema,
      resource,
      dialect,
      tracks,
      keyword: (name) => (dialect.keywords.has(name) ? exactValueOf(schema, name) : undefined),
      compile: (subschema, tracksToo) =>
        this.#from(resource, { schema: subschema, resource: homeOf(subschema) }, tracksToo),
      follow: (keyword, reference) =>
        this.#follow(this.#find(keyword, reference, resource), resource, tracks),
      followDynamic: (keyword, reference) => {
        const target = this.#find(keyword, reference, resource);
        const fallback = this.#follow(target, resource, tracks);
        return this.#dynamic.follow(keyword, reference, target, tracks) ?? fallback;
      },
      format: (name) => {
        const format = this.#findFormat(name, dialect.assertsFormat);
        if (format === 'unknown') this.ignored.formats.add(name);
        return typeof format === 'object' ? format : undefined;
      },
    };
  }

  #follow(target: Target, here: Resource, tracks: boolean): Check {
    const check = this.#from(here, target, tracks);
    return (value, run, seen) => {
      run.countReference();
      return check(value, run, seen);
    };
  }

  /** @throws TypeError */
  #find(keyword: string, reference: string, from: Resource): Target {
    const target = this.#registry.find(reference, from);
    if (target !== undefined) return target;
    throw new TypeError(
      reference.startsWith('#')
        ? `"${keyword}" to ${reference} points to nothing in the schema`
        : `"${keyword}" to ${reference} points outside the schema; no other document is loaded: put it under "$defs"`,
    );
  }
}

/** Keywords that compare their value with the payload; all others are counts. */
const comparing = new Set([
  ...['const', 'enum', 'multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
]);

function exactValueOf(schema: SchemaObject, keyword: string): unknown {
  const value = keywordOf(schema, keyword);
  return typeof value === 'bigint' && !comparing.has(keyword) ? Number(value) : value;
}

function partsOf(compilers: ReadonlyMap<string, KeywordCompiler>, site: Site): Part[] {
  const parts: Part[] = [];
  for (const [keyword, compile] of compilers) {
    const value = site.keyword(keyword);
    const part = value === undefined ? undefined : compile(value as never, site);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function withUnevaluated(check: Check, unevaluated: Check): Check {
  return (value, run, outer) => {
    const seen = new Seen();
    if (!check(value, run, seen) || !unevaluated(value, run, seen)) return false;
    outer?.add(seen);
    return true;
  };
}
