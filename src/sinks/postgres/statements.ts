/** Builds the statements of the sink. Names are quoted here; values are always parameters. */
import { MAX_NAME_BYTES } from './declaration.ts';
import type { Row } from './encode.ts';

/** Returns why a table name is invalid, or undefined. */
export function findNameProblem(name: string): string | undefined {
  if (name === '') return 'the name of the table is empty';
  if (name.includes('\0'))
    return 'the name of the table contains the character U+0000, which PostgreSQL does not allow';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    return `the name of the table is longer than the ${MAX_NAME_BYTES} bytes that PostgreSQL allows`;
  return undefined;
}

/** Quotes an identifier: in double quotes, with inner ones doubled. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a table, with its schema. */
export function quoteTable(schema: string | undefined, table: string): string {
  return schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`;
}

/** The statement that creates a table; docs/sinks.md shows it. */
export function createStatement(quotedTable: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quotedTable} (
  id           text        PRIMARY KEY,
  position     bigint      GENERATED ALWAYS AS IDENTITY,
  type         text        NOT NULL,
  source       text        NOT NULL,
  subject      text,
  time         timestamptz NOT NULL,
  key          text        NOT NULL,
  content_type text        NOT NULL,
  extensions   jsonb,
  data         jsonb,
  body         bytea
)`;
}

/** One statement for any number of rows: one parameter per column, so it is planned once. */
export function insertStatement(quotedTable: string): string {
  return `INSERT INTO ${quotedTable} (id, type, source, subject, time, key, content_type, extensions, data, body)
SELECT id, type, source, subject, time, key, content_type, extensions::jsonb,
  CASE WHEN is_envelope THEN json::jsonb -> 'data' ELSE json::jsonb END, body
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
  $9::text[], $10::boolean[], $11::bytea[])
  AS rows (id, type, source, subject, time, key, content_type, extensions, json, is_envelope, body)
ON CONFLICT (id) DO NOTHING`;
}

/** The parameters of that statement. */
export function insertValues(rows: readonly Row[]): unknown[] {
  return [
    rows.map(({ id }) => id),
    rows.map(({ type }) => type),
    rows.map(({ source }) => source),
    rows.map(({ subject }) => subject),
    rows.map(({ time }) => time),
    rows.map(({ key }) => key),
    rows.map(({ contentType }) => contentType),
    rows.map(({ extensions }) => extensions),
    rows.map(({ json }) => json),
    rows.map(({ isEnvelope }) => isEnvelope),
    rows.map(({ body }) => body),
  ];
}
