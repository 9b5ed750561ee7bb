/**
 * Runs the public JSON Schema Test Suite. Its files are not in this repository: they are in the folder `json-schema` of
 * `EXHOOK_SUITES`, by default `../shared/suites` beside the checkout.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { skipReason } from './skipped.mjs';

/** The commit of https://github.com/json-schema-org/JSON-Schema-Test-Suite behind the figures in the docs. */
export const SUITE_COMMIT = '44401e0c046704b476ec9d2e2fccdaee618f259d';

export const drafts = {
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

/** Where the suite keeps the documents of `http://localhost:1234/`. */
const REMOTE = 'http://localhost:1234/';

/**
 * @param {string} root of the checkout @returns {string | undefined} the folder of the suite, if it exists
 */
export function findSuite(root, { EXHOOK_SUITES } = process.env) {
  const folder = resolve(EXHOOK_SUITES ?? join(root, '../shared/suites'), 'json-schema');
  return existsSync(join(folder, 'tests')) ? folder : undefined;
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const jsonFiles = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));

/** Documents that a draft may refer to: those of other drafts declare their own draft. */
function readRemotes(suite) {
  const folder = join(suite, 'remotes');
  return new Map(
    jsonFiles(folder).map((path) => [REMOTE + relative(folder, path).replaceAll(sep, '/'), readJson(path)]),
  );
}

function partOf(path) {
  if (path.includes(join('optional', 'format'))) return 'formats';
  return path.includes(`${sep}optional${sep}`) ? 'optional' : 'required';
}

/** Formats are checked in `optional/format`, and in every optional test about them. */
const formatsOf = (part) => (part === 'required' ? 'annotate' : 'assert');

const withDraft = (schema, $schema) =>
  typeof schema === 'object' && schema !== null && !Object.hasOwn(schema, '$schema')
    ? { $schema, ...schema }
    : schema;

/**
 * @param {string} suite
 * @param {(schema: unknown, options: object) => Promise<(value: any) => string | undefined>} open
 * @returns rows of draft and part: how many tests ran, passed, were skipped and why, and which failed
 */
export async function runSuite(suite, open) {
  const documents = readRemotes(suite);
  const rows = [];
  for (const [draft, $schema] of Object.entries(drafts)) {
    const parts = {};
    for (const path of jsonFiles(join(suite, 'tests', draft))) {
      const part = partOf(path);
      parts[part] ??= { draft, part, run: 0, passed: 0, skipped: [], failed: [] };
      for (const group of readJson(path)) {
        await runGroup({ row: parts[part], file: basename(path, '.json'), group, $schema, documents, open });
      }
    }
    rows.push(...['required', 'formats', 'optional'].map((part) => parts[part]));
  }
  return rows;
}

async function runGroup({ row, file, group, $schema, documents, open }) {
  let check;
  let problem;
  try {
    const schema = withDraft(group.schema, $schema);
    check = await open(schema, { documents, formats: formatsOf(row.part) });
  } catch (error) {
    problem = `does not load: ${error.message}`;
  }
  for (const { description, data, valid } of group.tests) {
    const name = `${row.draft} ${file}: ${group.description}: ${description}`;
    const reason = skipReason(row.part, file, group.description, description);
    const outcome = problem ?? outcomeOf(check, data, valid);
    if (reason !== undefined) {
      row.skipped.push({ name, reason, passes: outcome === undefined });
      continue;
    }
    row.run++;
    if (outcome === undefined) row.passed++;
    else row.failed.push(`${name}: ${outcome}`);
  }
}

function outcomeOf(check, data, valid) {
  try {
    const reason = check(data);
    if ((reason === undefined) === valid) return undefined;
    return reason ?? 'is accepted';
  } catch (error) {
    return `throws: ${error.message}`;
  }
}
