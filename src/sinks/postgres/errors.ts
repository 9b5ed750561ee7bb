/** Interprets a PostgreSQL error by the class of its SQLSTATE. [PostgreSQL manual, appendix A] */
import { tlsSentenceOf } from '../tls-errors.ts';

/**
 * - `row`: a row is at fault; the others may succeed without it.
 * - `table`: the table does not exist.
 * - `setup`: you have to change something; retried meanwhile.
 * - `passing`: a connection, a restart, a lock: retried.
 */
export type TroubleKind = 'row' | 'table' | 'setup' | 'passing';

export interface PostgresError {
  /** The SQLSTATE, or a Node error code. */
  readonly code?: string;
  readonly constraint?: string;
  readonly column?: string;
}

/** What to do about errors that you have to act on, by SQLSTATE. */
const advice: Readonly<Record<string, string>> = {
  '28P01': 'the password is wrong, or the user does not exist: see user and password',
  '28000': "the server's pg_hba.conf does not admit this login: see user, tls, and pg_hba.conf",
  '3D000': 'the database does not exist: see database',
  '3F000': 'the schema does not exist: create it, or see schema',
  '42501': 'the user may not write to the table: GRANT INSERT, or CREATE on the schema for createTable',
  '42703': 'the table lacks a column: docs/sinks.md has its columns',
  '42804': 'a column of the table has the wrong type: docs/sinks.md has its columns',
  '42P01':
    'the table does not exist: create it with the statement of docs/sinks.md, or write createTable: true',
  '42P10': 'the column id of the table is not unique: make it the primary key',
  '42809': 'the table name belongs to something that is not a table',
};

/**
 * Classes in which the values of a row are at fault: data exception, integrity, program limit, and errors from triggers
 * of the table, such as `RAISE EXCEPTION`.
 */
const rowClasses = new Set(['22', '23', '44', '54', '09', '27', 'P0']);
/** Errors among them that `jsonb` raises for JSON it cannot hold: a number too large, nesting too deep. */
const contentClasses = new Set(['22', '54']);
/** Classes in which the setup is at fault: authorization, catalog, schema, syntax or access rule. */
const setupClasses = new Set(['28', '3D', '3F', '42']);

export function troubleOf({ code = '' }: PostgresError): TroubleKind {
  if (code === '42P01') return 'table';
  if (!isState(code)) return 'passing';
  const group = code.slice(0, 2);
  if (rowClasses.has(group)) return 'row';
  return setupClasses.has(group) ? 'setup' : 'passing';
}

/** Whether the row may succeed with its body as bytes only. */
export function isAboutContent({ code = '' }: PostgresError): boolean {
  return contentClasses.has(code.slice(0, 2));
}

/** Whether the table is missing, not writable, or not one of ours. */
const aboutTable = new Set(['42P01', '42501', '42703', '42804', '42809', '42P10', '428C9']);

/** Whether the table certainly accepts no rows of ours: if an event chose it, the event is at fault. */
export function isAboutTable({ code = '' }: PostgresError): boolean {
  return aboutTable.has(code);
}

/** Whether the connection may be used again after this error. */
export function isUsable({ code = '' }: PostgresError): boolean {
  return isState(code) && !/^(08|57|58|XX)/.test(code);
}

/** Returns a sentence for the log, without the server's own text, which may quote values. */
export function explain(error: PostgresError, place: string): Error {
  const { code = 'no code' } = error;
  const told = advice[code] ?? sentenceOf(error);
  return new Error(`${place}: ${told} (${code})`, { cause: error });
}

/** Returns why a row is not accepted. */
export function reasonOf({ code = '', constraint, column }: PostgresError): string {
  const where = constraint ?? column;
  return `PostgreSQL refused the row: ${code}${where === undefined ? '' : ` at ${where}`}`;
}

function sentenceOf(error: PostgresError): string {
  const { code = '' } = error;
  if (code.startsWith('53')) return 'the server is out of disk, memory or connections';
  if (code.startsWith('57P')) return 'the server is starting or stopping';
  if (code === '57014') return 'the statement took longer than timeout';
  if (isState(code)) return 'the server reports an error';
  return error instanceof Error ? networkSentence(error) : 'failed';
}

/** Texts of Node and the client about connections: they name addresses, never a password. */
function networkSentence(error: Error): string {
  if (error instanceof AggregateError && error.message === '') return 'cannot connect: nothing listens there';
  return tlsSentenceOf(error.message) ?? error.message.replace(/password/gi, 'login');
}

function isState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
}
