/** Opens a schema: reads and compiles it. */
import { type Check, Run } from './check.ts';
import { Compiler, type Ignored } from './compile.ts';
import { type Dialect, dialectOfDraft, draftUris, LATEST } from './dialect.ts';
import type { FindFormat } from './formats.ts';
import { findMetaSchema } from './meta-schemas.ts';
import { NO_ID, Registry, type Target } from './registry.ts';
import type { Schema } from './schema.ts';

export interface OpenedSchema {
  readonly check: Check;
  readonly ignored: Ignored;
}

/**
 * @param documents that references may point to
 * @throws TypeError if it is invalid
 */
export function openSchema(
  schema: Schema,
  documents: ReadonlyMap<string, Schema>,
  findFormat: FindFormat,
): OpenedSchema {
  const registry = new Registry(documents, checkSchema);
  const root = registry.add(schema, NO_ID, dialectOfDraft(LATEST));
  checkSchema({ schema, resource: root });
  const compiler = new Compiler(registry, findFormat);
  return { check: compiler.compile(root), ignored: compiler.ignored };
}

/** The checks of meta-schemas, by draft. */
const schemaChecks = new Map<string, Check>();

function schemaCheck({ draft }: Dialect): Check {
  const known = schemaChecks.get(draft);
  if (known !== undefined) return known;
  const registry = new Registry(new Map(), () => undefined);
  const metaSchema = findMetaSchema(draftUris[draft]) as Schema;
  const root = registry.add(metaSchema, draftUris[draft], dialectOfDraft(draft));
  const check = new Compiler(registry, () => 'ignored').compile(root);
  schemaChecks.set(draft, check);
  return check;
}

/** @throws TypeError if the draft does not allow the schema */
function checkSchema({ schema, resource }: Target): void {
  const run = new Run();
  run.reset();
  if (schemaCheck(resource.dialect)(schema, run, undefined)) return;
  const place = run.path.length === 0 ? 'the schema' : `"${run.path.toReversed().join('/')}"`;
  throw new TypeError(`${place} ${run.message}, (draft ${resource.dialect.draft})`);
}
