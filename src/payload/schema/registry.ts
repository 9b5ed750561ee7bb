/** Resolves references: the resources of a schema, by URI and anchor. Nothing is fetched. */
import { parseIriReference, resolveIri } from '@hyperjump/uri';
import { type Dialect, dialectOfDraft, dialectOfMetaSchema, draftOf } from './dialect.ts';
import { findMetaSchema } from './meta-schemas.ts';
import {
  followPointer,
  isSchema,
  isSchemaObject,
  keywordOf,
  type Schema,
  type SchemaObject,
  subschemasOf,
} from './schema.ts';

/** A schema with its own URI. */
export interface Resource {
  /** Absolute, without a fragment. */
  readonly uri: string;
  readonly root: Schema;
  readonly dialect: Dialect;
  readonly anchors: Map<string, SchemaObject>;
  readonly dynamicAnchors: Map<string, SchemaObject>;
}

/** The target of a reference, and its resource. */
export interface Target {
  readonly schema: Schema;
  readonly resource: Resource;
}

/** The base of a schema without `$id`. */
export const NO_ID = 'schema:/';

export class Registry {
  readonly #resources = new Map<string, Resource>();
  readonly #resourceOf = new WeakMap<SchemaObject, Resource>();
  readonly #documents: ReadonlyMap<string, Schema>;

  readonly #onFound: (target: Target) => void;

  /**
   * @param documents that references may point to, by their URIs
   * @param onFound called for a target of a reference that no keyword declares as a schema
   */
  constructor(documents: ReadonlyMap<string, Schema>, onFound: (target: Target) => void) {
    this.#documents = documents;
    this.#onFound = onFound;
  }

  /** @throws TypeError for an unknown draft or a duplicate URI */
  add(root: Schema, uri: string, fallback: Dialect): Resource {
    const dialect = this.#dialectOf(root, fallback);
    const id = isSchemaObject(root) ? keywordOf(root, idKeyword(dialect)) : undefined;
    const base = typeof id === 'string' ? withoutFragment(resolve(id, uri)) : uri;
    const resource = this.#open(root, base, dialect);
    if (base !== uri) this.#resources.set(uri, resource);
    if (isSchemaObject(root)) this.#walk(root, resource);
    return resource;
  }

  /** Returns the resource of a schema. */
  resourceOf(schema: SchemaObject): Resource | undefined {
    return this.#resourceOf.get(schema);
  }

  get resources(): Iterable<Resource> {
    return new Set(this.#resources.values());
  }

  /**
   * @returns `undefined` if the target is outside the known documents, or does not exist
   * @throws TypeError if it is not a URI reference
   */
  find(reference: string, from: Resource): Target | undefined {
    const uri = resolve(reference, from.uri);
    const resource = this.#resource(withoutFragment(uri), from);
    if (resource === undefined) return undefined;
    const fragment = decode(parseIriReference(uri).fragment ?? '');
    const schema = fragmentOf(resource, fragment);
    return schema === undefined ? undefined : { schema, resource: this.#home(schema, resource, fragment) };
  }

  /** Returns the resource of a pointer's target, which no keyword may declare as a schema. */
  #home(schema: Schema, resource: Resource, fragment: string): Resource {
    if (!isSchemaObject(schema)) return resource;
    const known = this.#resourceOf.get(schema);
    if (known !== undefined) return known;
    const home = this.#nearest(resource, fragment);
    this.#onFound({ schema, resource: home });
    this.#walk(schema, this.#embedded(schema, home));
    return this.#resourceOf.get(schema) ?? home;
  }

  /** Returns the resource of the innermost known schema on the way. */
  #nearest(resource: Resource, pointer: string): Resource {
    let nearest = resource;
    for (let end = pointer.indexOf('/', 1); end !== -1; end = pointer.indexOf('/', end + 1)) {
      const on = followPointer(resource.root, pointer.slice(0, end));
      if (isSchemaObject(on)) nearest = this.#resourceOf.get(on) ?? nearest;
    }
    return nearest;
  }

  #resource(uri: string, from: Resource): Resource | undefined {
    const known = this.#resources.get(uri);
    if (known !== undefined) return known;
    const document = this.#documents.get(uri) ?? findMetaSchema(uri);
    return document === undefined ? undefined : this.add(document, uri, from.dialect);
  }

  #open(root: Schema, uri: string, dialect: Dialect): Resource {
    if (this.#resources.has(uri)) throw new TypeError(`"${idKeyword(dialect)}" ${uri} is defined twice`);
    const resource = { uri, root, dialect, anchors: new Map(), dynamicAnchors: new Map() };
    this.#resources.set(uri, resource);
    return resource;
  }

  #walk(schema: SchemaObject, resource: Resource): void {
    this.#resourceOf.set(schema, resource);
    addAnchors(schema, resource);
    for (const subschema of subschemasOf(schema)) {
      if (isSchemaObject(subschema)) this.#walk(subschema, this.#embedded(subschema, resource));
    }
  }

  /** Returns the resource that a subschema opens, or the outer one. */
  #embedded(schema: SchemaObject, outer: Resource): Resource {
    if (!Object.hasOwn(schema, '$id') && !Object.hasOwn(schema, 'id')) return outer;
    const dialect = this.#dialectOf(schema, outer.dialect);
    const id = keywordOf(schema, idKeyword(dialect));
    if (typeof id !== 'string' || id.startsWith('#') || (isOld(dialect) && Object.hasOwn(schema, '$ref')))
      return outer;
    return this.#open(schema, withoutFragment(resolve(id, outer.uri)), dialect);
  }

  /** @throws TypeError for an unknown draft */
  #dialectOf(schema: Schema, fallback: Dialect): Dialect {
    const uri = isSchemaObject(schema) ? keywordOf(schema, '$schema') : undefined;
    if (uri === undefined) return fallback;
    const draft = typeof uri === 'string' ? draftOf(uri) : undefined;
    if (draft !== undefined) return dialectOfDraft(draft);
    const metaSchema = typeof uri === 'string' ? this.#documents.get(withoutFragment(uri)) : undefined;
    if (metaSchema === undefined)
      throw new TypeError('"$schema" must be the URI of draft 2020-12, 2019-09, 07, 06 or 04');
    return dialectOfMetaSchema(metaSchema, this.#dialectOf(metaSchema, fallback));
  }
}

function idKeyword({ draft }: Dialect): string {
  return draft === '04' ? 'id' : '$id';
}

/** Before 2019-09, siblings of `$ref` are ignored, and an anchor is an id that is only a fragment. */
export function isOld({ draft }: Dialect): boolean {
  return draft === '04' || draft === '06' || draft === '07';
}

function addAnchors(schema: SchemaObject, { dialect, anchors, dynamicAnchors }: Resource): void {
  const { draft } = dialect;
  if (isOld(dialect)) {
    const id = keywordOf(schema, idKeyword(dialect));
    const [, name] = typeof id === 'string' ? (/#([^/].*)$/.exec(id) ?? []) : [];
    if (name !== undefined && !Object.hasOwn(schema, '$ref')) anchors.set(name, schema);
    return;
  }
  const anchor = keywordOf(schema, '$anchor');
  if (typeof anchor === 'string') anchors.set(anchor, schema);
  const dynamic = draft === '2020-12' ? keywordOf(schema, '$dynamicAnchor') : undefined;
  if (typeof dynamic !== 'string') return;
  anchors.set(dynamic, schema);
  dynamicAnchors.set(dynamic, schema);
}

function fragmentOf({ root, anchors }: Resource, fragment: string): Schema | undefined {
  if (fragment === '') return root;
  const found = fragment.startsWith('/') ? followPointer(root, fragment) : anchors.get(fragment);
  return isSchema(found) ? found : undefined;
}

function resolve(reference: string, base: string): string {
  try {
    return resolveIri(reference, base);
  } catch {
    throw new TypeError(`${JSON.stringify(reference)} is not a URI reference`);
  }
}

function withoutFragment(uri: string): string {
  const end = uri.indexOf('#');
  return end === -1 ? uri : uri.slice(0, end);
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
