/** `$dynamicRef` and `$recursiveRef`: their targets depend on the resources that a check has entered. */
import type { Check } from './check.ts';
import type { Registry, Resource, Target } from './registry.ts';
import { isSchemaObject, keywordOf, type Schema } from './schema.ts';

/** Returns the target that a resource offers to a reference, or `undefined`. */
type Offer = (resource: Resource) => Schema | undefined;

interface Reference {
  readonly offer: Offer;
  readonly tracks: boolean;
  readonly checks: Map<Resource, Check>;
}

export class DynamicReferences {
  readonly #registry: Registry;
  readonly #enter: (target: Target, tracks: boolean) => Check;
  readonly #references: Reference[] = [];

  constructor(registry: Registry, enter: (target: Target, tracks: boolean) => Check) {
    this.#registry = registry;
    this.#enter = enter;
  }

  get isEmpty(): boolean {
    return this.#references.length === 0;
  }

  /** @returns `undefined` if the reference behaves like an ordinary one */
  follow(keyword: string, text: string, target: Target, tracks: boolean): Check | undefined {
    const offer = keyword === '$dynamicRef' ? offerOfAnchor(text) : offerOfRoot;
    if (offer?.(target.resource) !== target.schema) return undefined;
    const checks = new Map<Resource, Check>();
    this.#references.push({ offer, tracks, checks });
    return (value, run, seen) => {
      run.countReference();
      for (const resource of run.scope) {
        const check = checks.get(resource);
        if (check !== undefined) return check(value, run, seen);
      }
      return (checks.get(target.resource) as Check)(value, run, seen);
    };
  }

  /** Compiles all possible targets of the references. They may add more references and resources. */
  complete(): void {
    let isComplete = false;
    while (!isComplete) {
      isComplete = true;
      for (const { offer, tracks, checks } of [...this.#references]) {
        for (const resource of this.#registry.resources) {
          const schema = checks.has(resource) ? undefined : offer(resource);
          if (schema === undefined) continue;
          checks.set(resource, this.#enter({ schema, resource }, tracks));
          isComplete = false;
        }
      }
    }
  }
}

/** Finds the outermost resource with the anchor. A pointer is not an anchor. */
function offerOfAnchor(reference: string): Offer | undefined {
  const name = reference.slice(reference.indexOf('#') + 1);
  if (!reference.includes('#') || name === '' || name.startsWith('/')) return undefined;
  return ({ dynamicAnchors }) => dynamicAnchors.get(decodeURIComponent(name));
}

/** 2019-09: the outermost resource whose root is recursive. */
function offerOfRoot({ root, dialect }: Resource): Schema | undefined {
  const isRecursive = isSchemaObject(root) && keywordOf(root, '$recursiveAnchor') === true;
  return isRecursive && dialect.draft === '2019-09' ? root : undefined;
}
