/**
 * Renders an overlay as `kubectl kustomize` does, for the features that ours use: machines without kubectl can test
 * the result. Where kubectl is there, a test compares the two. Names of ConfigMaps get no hash.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { applyPatch } from './json-patch.ts';
import { type Kustomization, type KustomizePatch, readKustomization } from './kustomization.ts';
import { isManifest, isRecord, type Manifest, parseYaml, readYaml } from './manifest.ts';

/** The kinds of ours that have no namespace. */
const CLUSTER_WIDE = ['Namespace'];

/** @throws Error when a file is not there, or a patch finds nothing. */
export function render(directory: string, below: readonly Manifest[] = []): Manifest[] {
  const kustomization = readKustomization(directory);
  const isComponent = kustomization.kind === 'Component';
  if (below.length > 0 && !isComponent) throw new Error(`${directory} is no component`);
  let manifests = [
    ...below,
    ...kustomization.resources.flatMap((name) => loadResource(resolve(directory, name))),
  ];
  for (const name of kustomization.components) manifests = render(resolve(directory, name), manifests);
  manifests = generate(directory, kustomization, manifests);
  for (const patch of kustomization.patches) manifests = applyTo(manifests, patch, directory);
  return manifests.map((manifest) => transform(manifest, kustomization));
}

function loadResource(path: string): Manifest[] {
  if (statSync(path).isDirectory()) return render(path);
  return readYaml(path).map((document) => {
    if (!isManifest(document)) throw new Error(`${path} holds no document of Kubernetes`);
    return document;
  });
}

function generate(
  directory: string,
  { configMapGenerator }: Kustomization,
  manifests: Manifest[],
): Manifest[] {
  return configMapGenerator.reduce((before, { name, behavior, files }) => {
    const isOld = ({ kind, metadata }: Manifest) => kind === 'ConfigMap' && metadata.name === name;
    if (before.some(isOld) !== (behavior === 'replace')) throw new Error(`${behavior} ConfigMap ${name}`);
    const data = Object.fromEntries(
      files.map((file) => [basename(file), readFileSync(resolve(directory, file), 'utf8')]),
    );
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
    return [...before.filter((one) => !isOld(one)), made];
  }, manifests);
}

function applyTo(manifests: readonly Manifest[], patch: KustomizePatch, directory: string): Manifest[] {
  const { target, options } = patch;
  const text = patch.patch ?? readFileSync(resolve(directory, patch.path ?? ''), 'utf8');
  const [content] = parseYaml(text, directory);
  const isMeant = ({ kind, metadata }: Manifest) =>
    matches(target.kind, kind) && matches(target.name, metadata.name);
  const found = manifests.filter(isMeant);
  if (found.length === 0) throw new Error(`${directory}: a patch of ${target.kind} finds nothing`);
  if (isRecord(content) && content.$patch === 'delete') return manifests.filter((one) => !isMeant(one));
  if (!Array.isArray(content)) throw new Error(`${directory}: a patch is neither a list nor a deletion`);
  return manifests.map((manifest) => {
    if (!isMeant(manifest)) return manifest;
    const changed = structuredClone(manifest);
    applyPatch(changed, content);
    const isOther = changed.kind !== manifest.kind;
    if (isOther && options?.allowKindChange !== true)
      throw new Error(`${directory}: a patch changes the kind`);
    return changed;
  });
}

function matches(expression: string, text: string): boolean {
  return new RegExp(`^(?:${expression})$`).test(text);
}

function transform(manifest: Manifest, { namespace, images }: Kustomization): Manifest {
  const isSpaced = namespace !== undefined && !CLUSTER_WIDE.includes(manifest.kind);
  const changed = isSpaced ? { ...manifest, metadata: { ...manifest.metadata, namespace } } : manifest;
  return renameImages(changed, images) as Manifest;
}

/** `image:` of containers, wherever they are. */
function renameImages(value: unknown, images: Kustomization['images']): unknown {
  if (Array.isArray(value)) return value.map((item) => renameImages(item, images));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, content]) => {
      const isImage = key === 'image' && typeof content === 'string';
      return [key, isImage ? renameImage(content, images) : renameImages(content, images)];
    }),
  );
}

function renameImage(image: string, images: Kustomization['images']): string {
  const name = image.replace(/:[^:/]*$/, '');
  const change = images.find((one) => one.name === name);
  return change === undefined ? image : `${change.newName}:${change.newTag}`;
}
