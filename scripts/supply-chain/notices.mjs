/** Writes the build's notices about third-party code in dist/, and the list of packages. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLED_FILE, findBundled } from './bundled.mjs';
import { licenceText } from './licence-text.mjs';
import { findShipped } from './shipped.mjs';

export const NOTICES_FILE = 'dist/THIRD-PARTY-NOTICES.txt';

/**
 * @param {readonly import('esbuild').Metafile[]} metafiles of the bundles
 * @param {string} root of the project
 */
export function writeThirdParty(metafiles, root) {
  const bundled = findBundled(metafiles, root);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const shipped = findShipped(lock, bundled).filter(({ isBundled }) => isBundled);
  writeFileSync(join(root, BUNDLED_FILE), `${JSON.stringify(bundled, undefined, 2)}\n`);
  writeFileSync(join(root, NOTICES_FILE), makeNotices(root, shipped));
}

/** Groups packages with the same text: most of the file would be copies otherwise. */
export function makeNotices(root, shipped) {
  const groups = new Map();
  for (const one of shipped) {
    const text = licenceText(root, one);
    groups.set(text, [...(groups.get(text) ?? []), one]);
  }
  const parts = [...groups].map(([text, packages]) => `${packages.map(titleOf).join('\n')}\n\n${text}\n`);
  return [INTRODUCTION, ...parts].join(RULE);
}

const titleOf = ({ name, version, licence }) => `${name} ${version} (${licence})`;

const RULE = `\n${'-'.repeat(100)}\n\n`;

const INTRODUCTION = `The files in this directory contain code of the packages below, under their own terms.
`;
