/** What an error of PostgreSQL means, by the class of its SQLSTATE. [PostgreSQL manual, appendix A] */
import { tlsSentenceOf } from '../tls-errors.ts';

/**
 * - `row`: a row is at fault; the others may go in without it.
 * - `table`: the table does not exist.
 * - `setup`: somebody has to change something; tried again meanwhile.
 * - `passing`: a connection, a restart, a lock: tried again.
 */
export type TroubleKind = 'row' | 'table' | 'setup' | 'passing';

export interface PostgresError {
  /** The SQLSTATE, or a code of Node. */
  readonly code?: string;
  readonly constraint?: string;
  readonly column?: string;
}

/** What to do about those that somebody has to act on, by SQLSTATE. */
const advice: Readonly<Record<string, string>> = {
  '28P01': 'the password is wrong, or there is no such user: see user and password',
  '28000': "the server's pg_hba.conf admits no such login: see user, tls, and pg_hba.conf",
  '3D000': 'the database does not exist: see database',
  '3F000': 'the schema does not exist: create it, or see schema',
  '42501': 'the user may not write to the table: GRANT INSERT, or CREATE on the schema for createTable',
  '42703': 'the table lacks a column: docs/sinks.md has its columns',
  '42804': 'a column of the table has another type: docs/sinks.md has its columns',
  '42P01':
    'the table does not exist: create it with the statement of docs/sinks.md, or write createTable: true',
  '42P10': 'the column id of the table is not unique: make it the primary key',
  '42809': 'what has the name of the table is none',
};

/**
 * Classes in which the values of a row are at fault: data exception, integrity, program limit, and what triggers of
 * the table say, as `RAISE EXCEPTION` does.
 */
const rowClasses = new Set(['22', '23', '44', '54', '09', '27', 'P0']);
/** Of these, those that `jsonb` has for JSON that it cannot hold: a number too large, nested too deeply. */
const contentClasses = new Set(['22', '54']);
/** Classes in which the setup is: authorization, catalog, schema, syntax or access rule. */
const setupClasses = new Set(['28', '3D', '3F', '42']);

export function troubleOf({ code = '' }: PostgresError): TroubleKind {
  if (code === '42P01') return 'table';
  if (!isState(code)) return 'passing';
  const group = code.slice(0, 2);
  if (rowClasses.has(group)) return 'row';
  return setupClasses.has(group) ? 'setup' : 'passing';
}

/** Whether the row may be taken with its body as bytes alone. */
export function isAboutContent({ code = '' }: PostgresError): boolean {
  return contentClasses.has(code.slice(0, 2));
}

/** A table that is not there, may not be written to, or is none of ours. */
const aboutTable = new Set(['42P01', '42501', '42703', '42804', '42809', '42P10', '428C9']);

/** Whether it is said for certain that the table takes no rows of ours: where an event chose it, the event is to blame. */
export function isAboutTable({ code = '' }: PostgresError): boolean {
  return aboutTable.has(code);
}

/** Whether the connection may be used again after this error. */
export function isUsable({ code = '' }: PostgresError): boolean {
  return isState(code) && !/^(08|57|58|XX)/.test(code);
}

/** A sentence for the log. The server's own text is left out: it may quote values. */
export function explain(error: PostgresError, place: string): Error {
  const { code = 'no code' } = error;
  const told = advice[code] ?? sentenceOf(error);
  return new Error(`${place}: ${told} (${code})`, { cause: error });
}

/** Why a row is not taken. */
export function reasonOf({ code = '', constraint, column }: PostgresError): string {
  const where = constraint ?? column;
  return `PostgreSQL refused the row: ${code}${where === undefined ? '' : ` at ${where}`}`;
}

function sentenceOf(error: PostgresError): string {
  const { code = '' } = error;
  if (code.startsWith('53')) return 'the server is short of disk, memory or connections';
  if (code.startsWith('57P')) return 'the server is starting or stopping';
  if (code === '57014') return 'the statement took longer than timeout';
  if (isState(code)) return 'the server reports an error';
  return error instanceof Error ? networkSentence(error) : 'failed';
}

/** Texts of Node and of the client about connections; they name addresses, and never a password. */
function networkSentence(error: Error): string {
  if (error instanceof AggregateError && error.message === '') return 'cannot connect: nothing listens there';
  return tlsSentenceOf(error.message) ?? error.message.replace(/password/gi, 'login');
}

function isState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
}
