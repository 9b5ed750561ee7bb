import type * as z from 'zod';
import { choice, expects, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';
import { SinkTls } from '../tls-section.ts';

/** PostgreSQL truncates longer names silently: two tables would become one. */
export const MAX_NAME_BYTES = 63;

const nameError = expects('a name', `a name of at most ${MAX_NAME_BYTES} bytes, such as events`);

const name = () =>
  text('a name', 'a name such as events').refine(
    (value) => Buffer.byteLength(value) <= MAX_NAME_BYTES && !value.includes('\0'),
    { error: nameError },
  );

export const Postgres = section(() => ({
  host: text('a host', 'the name or address of the server')
    .prefault('localhost')
    .describe('The name or address of the server. The default is localhost.'),
  port: wholeNumber('a port', 1, 65_535).prefault(5432).describe('Its port. The default is 5432.'),
  database: text('a database', 'the name of the database').describe('The database. There is no default.'),
  user: text('a user', 'the name of a user').describe('The user to log in as. There is no default.'),
  password: secret('a password')
    .optional()
    .describe(
      'Its password: { env: NAME } or { file: PATH }, or the text itself. When absent, none is sent, as for logins with a certificate.',
    ),
  tls: SinkTls.optional(),
  schema: name()
    .optional()
    .describe("The schema of the tables. When absent, the user's search_path applies, usually public."),
  table: name()
    .prefault('events')
    .describe(
      'The table of events whose route names none. It is one name, dots included: use schema for the schema. The default is events.',
    ),
  createTable: yesOrNo()
    .prefault(false)
    .describe('Whether to create a missing table, with the columns of docs/sinks.md. The default is false.'),
  body: choice(['always', 'unlessJson'])
    .prefault('always')
    .describe(
      'Which bodies the column body stores, byte for byte: all of them, or only those that the jsonb column data does not hold. The default is always.',
    ),
  connections: wholeNumber('a number of connections', 1, 64)
    .prefault(4)
    .describe('The most connections; each writes one batch at a time. The default is 4.'),
  timeout: duration(POSITIVE)
    .prefault('10s')
    .describe(
      'The timeout of a connection attempt, and of writing one batch; also sent to the server as statement_timeout. The default is 10s.',
    ),
}));
export type PostgresOptions = z.output<typeof Postgres>;

export const postgres = defineSinkKind({
  name: 'postgres',
  summary: 'Tables of PostgreSQL.',
  options: Postgres,
  load: () => import('./open.ts').then(({ openPostgres }) => openPostgres),
  promises: {
    order: 'kept, by the column `position`',
    repeats: 'dropped: the id is the primary key',
    confirmed: 'the transaction has committed',
  },
  target: {
    name: 'table',
    noun: 'table',
    leadsTo: () => ({ any: 'any table', start: 'mqtt_' }),
  },
});
