/** The overlays that are tested: those in the repository, and each component by itself and with the others. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isManifest, type Manifest, parseYaml } from './manifest.ts';

export const root = join(import.meta.dirname, '../../..');
export const kubernetes = join(root, 'deploy/kubernetes');

/** Names of components by the name of the overlay; none for a directory of the repository. */
export const overlays: readonly (readonly [string, readonly string[] | undefined])[] = [
  ['base', undefined],
  ['example', undefined],
  ['monitoring', ['monitoring']],
  ['tls', ['tls']],
  ['spool', ['spool']],
  ['all', ['monitoring', 'tls', 'spool']],
  ['all in another order', ['spool', 'tls', 'monitoring']],
];

/** Hands the directory of an overlay to `use`. */
export function withOverlay<T>(
  name: string,
  components: readonly string[] | undefined,
  use: (directory: string) => T,
): T {
  if (components === undefined) return use(join(kubernetes, name));
  const directory = mkdtempSync(join(tmpdir(), 'exhook-overlay-'));
  try {
    const to = (part: string) => relative(directory, join(kubernetes, part));
    const content = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace: 'exhook-edge',
      resources: [to('base')],
      components: components.map(to),
    };
    writeFileSync(join(directory, 'kustomization.yaml'), JSON.stringify(content));
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Whether `kubectl kustomize` can be asked for a second opinion. */
export function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** What kubectl makes of an overlay, with the hashes of generated names taken off. */
export function renderWithKubectl(directory: string): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', directory], { encoding: 'utf8', timeout: 20_000 });
  const hashed = parseYaml(text, directory).filter(isManifest);
  const names = hashed.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name);
  const plain = names.reduce((all, name) => all.replaceAll(name, name.replace(/-[a-z0-9]{10}$/, '')), text);
  return parseYaml(plain, directory).filter(isManifest);
}

/** By kind and name, for comparison: the order does not matter. */
export function byName(manifests: readonly Manifest[]): Record<string, Manifest> {
  const entries = manifests.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}
