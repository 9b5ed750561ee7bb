/**
 * Writes dist/sbom.cdx.json: a CycloneDX SBOM of what is bundled into dist/, and of what npm installs beside it.
 *
 *     npm run sbom
 *
 * The same sources give the same file, except for the time, which SOURCE_DATE_EPOCH (seconds since 1970) fixes.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED_FILE } from './supply-chain/bundled.mjs';
import { findNeeds, findShipped } from './supply-chain/shipped.mjs';

const SBOM_FILE = 'dist/sbom.cdx.json';

/**
 * @param {object} inputs
 * @param {any} inputs.manifest package.json
 * @param {any} inputs.lock package-lock.json
 * @param {import('./supply-chain/bundled.mjs').Bundled[]} inputs.bundled
 * @param {Date} inputs.time
 */
export function makeSbom({ manifest, lock, bundled, time }) {
  const shipped = findShipped(lock, bundled);
  const refs = new Map(shipped.map((one) => [one.path, refOf(one)]));
  const self = { ...describe(manifest.name, manifest.version, manifest.license), type: 'application' };
  const refsOf = (paths) => [...new Set(paths.flatMap((path) => refs.get(path) ?? []))].sort();
  const content = {
    components: shipped.map((one) => componentOf(one)),
    dependencies: [
      {
        ref: self['bom-ref'],
        dependsOn: refsOf([...findNeeds(lock, ''), ...bundled.map(({ path }) => path)]),
      },
      ...shipped.map((one) => ({ ref: refOf(one), dependsOn: refsOf(one.needs) })),
    ],
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf({ self, ...content })}`,
    version: 1,
    metadata: {
      timestamp: time.toISOString(),
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: 'exhook-edge/scripts/sbom.mjs', version: '1' }] },
      component: { ...self, description: manifest.description },
    },
    ...content,
  };
}

function componentOf(one) {
  return {
    ...describe(one.name, one.version, one.licence),
    'bom-ref': refOf(one),
    type: 'library',
    scope: one.isOptional && !one.isBundled ? 'optional' : 'required',
    ...(one.integrity !== undefined && { hashes: [hashOf(one.integrity)] }),
    properties: [
      { name: 'cdx:npm:package:path', value: one.path },
      { name: 'cdx:npm:package:bundled', value: String(one.isBundled) },
      { name: 'exhook-edge:installed', value: String(one.isInstalled) },
    ],
  };
}

function describe(name, version, licence) {
  const [short = name, group] = name.split('/').reverse();
  const purl = `pkg:npm/${group === undefined ? '' : `${group.replace('@', '%40')}/`}${short}@${version}`;
  return {
    'bom-ref': purl,
    ...(group && { group }),
    name: short,
    version,
    purl,
    licenses: licencesOf(licence),
  };
}

/** A single name is an SPDX identifier; anything longer is an expression. */
function licencesOf(licence) {
  return /^[\w.+-]+$/.test(licence) ? [{ license: { id: licence } }] : [{ expression: licence }];
}

/** Two copies of one version differ by their place. */
const refOf = ({ name, version, path }) =>
  path === `node_modules/${name}`
    ? describe(name, version, '').purl
    : `${describe(name, version, '').purl}|${path}`;

const algorithms = { sha512: 'SHA-512', sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384' };

function hashOf(integrity) {
  const [algorithm, digest] = integrity.split(' ')[0].split(/-(.*)/s);
  return { alg: algorithms[algorithm], content: Buffer.from(digest, 'base64').toString('hex') };
}

/** By name (version 8 of RFC 9562): the same content has the same number. */
function uuidOf(content) {
  const bytes = createHash('sha256').update(JSON.stringify(content)).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function main() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const epoch = process.env.SOURCE_DATE_EPOCH;
  const sbom = makeSbom({
    manifest: read('package.json'),
    lock: read('package-lock.json'),
    bundled: read(BUNDLED_FILE),
    time: epoch === undefined ? new Date() : new Date(Number(epoch) * 1000),
  });
  writeFileSync(join(root, SBOM_FILE), `${JSON.stringify(sbom, undefined, 2)}\n`);
  process.stdout.write(`${SBOM_FILE}: ${sbom.components.length} components\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
