/**
 * What is shipped, read in two ways: by the scripts, and from the source maps of dist/, which are independent of them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
// @ts-expect-error A plain script.
import { BUNDLED_FILE, packageOf } from '../../scripts/supply-chain/bundled.mjs';
// @ts-expect-error A plain script.
import { findShipped } from '../../scripts/supply-chain/shipped.mjs';
import { root } from '../support/source.ts';

export interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

export interface Shipped extends Bundled {
  readonly licence: string;
  readonly integrity?: string;
  readonly isBundled: boolean;
  readonly isInstalled: boolean;
  readonly isOptional: boolean;
  readonly needs: readonly string[];
}

export interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly license?: string }>>;
}

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');
export const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
export const lock = JSON.parse(read('package-lock.json')) as Lock;

/** As the build wrote it. */
export const readBundled = (): readonly Bundled[] => JSON.parse(read(BUNDLED_FILE));

export const shippedOf = (bundled: readonly Bundled[], from: object = lock): readonly Shipped[] =>
  findShipped(from, bundled);

/** Paths of the packages whose code is in dist/, by the source maps. */
export function packagesInSourceMaps(): readonly string[] {
  if (!existsSync(join(root, 'dist'))) throw new Error('there is no dist/; run "npm run build"');
  const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
  const maps = files.filter((file) => file.endsWith('.js.map')).map((file) => read(join('dist', file)));
  const sources = maps.flatMap((map) => (JSON.parse(map) as { sources: string[] }).sources);
  const paths = sources.map((source) => packageOf(source) as string | undefined);
  // Maps that packages bring along may lead to a source beside the package.
  const isPackage = (path: string | undefined): path is string =>
    path !== undefined && existsSync(join(root, path, 'package.json'));
  return [...new Set(paths.filter(isPackage))].sort();
}
