/** The SBOM lists what is shipped: compared with the lock file, the source maps, and npm's own SBOM. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
// @ts-expect-error A plain script.
import { makeSbom } from '../../scripts/sbom.mjs';
import { root } from '../support/source.ts';
import { type Bundled, lock, manifest, packagesInSourceMaps, readBundled } from './support.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly scope?: string;
  readonly licenses: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly version: number;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const time = new Date(0);
const make = (bundled: readonly Bundled[] = readBundled(), at = time): Sbom =>
  makeSbom({ manifest, lock, bundled, time: at });

const propertyOf = ({ properties }: Component, name: string) =>
  properties.find((property) => property.name === name)?.value;
const pathOf = (component: Component) => propertyOf(component, 'cdx:npm:package:path') ?? '';
const isBundled = (component: Component) => propertyOf(component, 'cdx:npm:package:bundled') === 'true';

/** Paths of packages whose code is in dist/ and that the bill does not call bundled. */
function findMissing(sbom: Sbom): string[] {
  const told = new Set(sbom.components.filter(isBundled).map(pathOf));
  return packagesInSourceMaps().filter((path) => !told.has(path));
}

it('names every package whose code the source maps show in dist/', () => {
  expect(packagesInSourceMaps()).toContain('node_modules/zod');
  expect(packagesInSourceMaps()).toContain('node_modules/@bufbuild/protobuf');
  expect(findMissing(make())).toStrictEqual([]);
});

it('is found out when a bundled package is missing from it', () => {
  const without = readBundled().filter(({ name }) => name !== 'zod');
  expect(findMissing(make(without))).toStrictEqual(['node_modules/zod']);
});

it('gives each package the version, the licence and the hash of the lock file, and a purl', () => {
  const { packages } = lock as { packages: Record<string, Record<string, string>> };
  for (const component of make().components) {
    const locked = packages[pathOf(component)] ?? {};
    const name = [component.group, component.name].filter(Boolean).join('/');
    expect(component.version, name).toBe(locked.version);
    expect(component.purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${locked.version}`);
    const [licence] = component.licenses;
    expect(licence?.expression ?? licence?.license?.id, name).toBe(locked.license);
    const digest = Buffer.from(locked.integrity?.replace('sha512-', '') ?? '', 'base64').toString('hex');
    expect(component.hashes, name).toStrictEqual([{ alg: 'SHA-512', content: digest }]);
  }
});

interface Tree {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, Tree>>;
}

/** `name@version` of everything in a tree. */
const namesIn = ({ dependencies = {} }: Tree): string[] =>
  Object.entries(dependencies).flatMap(([name, tree]) => [
    ...(tree.version === undefined ? [] : [`${name}@${tree.version}`]),
    ...namesIn(tree),
  ]);

// Not `npm sbom`: it omits packages that are also development dependencies, such as yaml.
it('lists what npm installs for users', () => {
  const flags = ['ls', '--all', '--json', '--omit=dev', '--package-lock-only'];
  const { stdout } = spawnSync('npm', flags, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const theirs = new Set(namesIn(JSON.parse(stdout)));
  const ours = make().components.filter((one) => propertyOf(one, 'exhook-edge:installed') === 'true');
  const names = ours.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '')));
  expect([...new Set(names)].sort()).toStrictEqual([...theirs].sort());
});

it('is CycloneDX 1.6: references are unique, and dependencies lead to components', () => {
  const { bomFormat, specVersion, version, serialNumber, metadata, components, dependencies } = make();
  expect({ bomFormat, specVersion, version }).toStrictEqual({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
  });
  expect(serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(metadata.component).toMatchObject({ type: 'application', name: manifest.name });
  const refs = [metadata.component, ...components].map((component) => component['bom-ref']);
  expect(new Set(refs).size).toBe(refs.length);
  expect(dependencies.map(({ ref }) => ref).sort()).toStrictEqual([...refs].sort());
  expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([]);
  for (const { type, scope } of components) {
    expect(type).toBe('library');
    expect(['required', 'optional']).toContain(scope);
  }
});

it('reaches every component from the package itself', () => {
  const { metadata, components, dependencies } = make();
  const edges = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set<string>();
  const visit = (ref: string): void => {
    if (reached.has(ref)) return;
    reached.add(ref);
    edges.get(ref)?.forEach(visit);
  };
  visit(metadata.component['bom-ref']);
  expect(components.map((one) => one['bom-ref']).filter((ref) => !reached.has(ref))).toStrictEqual([]);
});

it('is the same for the same sources, but for the time', () => {
  const [first, later] = [make(), make(undefined, new Date(1000))];
  expect(later).toStrictEqual({
    ...first,
    metadata: { ...first.metadata, timestamp: '1970-01-01T00:00:01.000Z' },
  });
  expect(make(readBundled().slice(1)).serialNumber).not.toBe(first.serialNumber);
});

it('rejects a bundle that was not built from the locked versions', () => {
  const stale = readBundled().map((one) => (one.name === 'zod' ? { ...one, version: '0.0.1' } : one));
  expect(() => make(stale)).toThrow(/node_modules\/zod is bundled as 0\.0\.1, but locked as .*npm ci/);
});
