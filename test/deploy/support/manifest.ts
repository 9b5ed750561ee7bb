/** YAML documents of Kubernetes and its kin. */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** Any document; further fields of a kind are read after it was validated. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/**
 * Every document of a file.
 *
 * @throws Error for a file that is not YAML, or has a key twice.
 */
export function readYaml(path: string): unknown[] {
  return parseYaml(readFileSync(path, 'utf8'), path);
}

/** @param where for the error text. */
export function parseYaml(text: string, where: string): unknown[] {
  return parseAllDocuments(text, { uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${where}: ${error.message}`);
    return document.toJS();
  });
}

/** Whether a value has what every document of Kubernetes has. */
export function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || !isRecord(value.metadata)) return false;
  return [value.apiVersion, value.kind, value.metadata.name].every((text) => typeof text === 'string');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The only document of a kind, and of a name where there are several.
 *
 * @throws Error when there is none, or more than one.
 */
export function pick<T>(manifests: readonly Manifest[], kind: string, name?: string): T {
  const found = manifests.filter(
    (one) => one.kind === kind && (name ?? one.metadata.name) === one.metadata.name,
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) throw new Error(`${found.length} documents of kind ${kind}`);
  return only as unknown as T;
}
