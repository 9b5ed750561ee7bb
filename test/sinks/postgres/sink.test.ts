import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDelivery, type Received, type Sink } from '../../../src/sink-contract.ts';
import { Postgres } from '../../../src/sinks/postgres/declaration.ts';
import { openPostgres } from '../../../src/sinks/postgres/open.ts';
import {
  isPostgresMissing,
  type PostgresServer,
  password,
  startPostgres,
  user,
} from '../../support/servers/postgres.ts';
import { startProxy, type TcpProxy } from '../../support/servers/proxy.ts';
import { itKeepsTheContract, ours } from '../contract.ts';
import { lazily, worldOf, write } from '../world.ts';

type Given = Partial<Parameters<typeof Postgres.parse>[0] & object>;

describe.skipIf(isPostgresMissing)('the sink postgres', () => {
  let server: PostgresServer;
  let proxy: TcpProxy;
  const optionsOf = (given: Given = {}) =>
    Postgres.parse({
      host: '127.0.0.1',
      port: server.port,
      database: 'postgres',
      user,
      password: { env: 'PASSWORD' },
      createTable: true,
      ...given,
    });
  const open = (given: Given = {}, world = worldOf('pg', { PASSWORD: password })): Promise<Sink> =>
    openPostgres(optionsOf(given), world);

  beforeAll(async () => {
    server = await startPostgres();
    proxy = await startProxy(() => server.port);
    // A row that the database refuses by its own rule.
    const sink = await open();
    await sink.check?.();
    await sink.close();
    await server.query(`ALTER TABLE events ADD CONSTRAINT no_ghosts CHECK (type <> 'ghost')`);
    await server.query(`CREATE ROLE reader LOGIN PASSWORD '1234'`);
    await server.query('CREATE TABLE narrow (id text PRIMARY KEY)');
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.close();
  });

  /** All tables that the sink has made, each in the order of its rows. */
  const read = async (): Promise<Received[]> => {
    const tables = await server.query(
      `SELECT table_name FROM information_schema.columns WHERE column_name = 'content_type'`,
    );
    const rows: Received[] = [];
    for (const { table_name: table } of tables)
      for (const row of await server.query(
        `SELECT *, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS utc
         FROM "${String(table).replaceAll('"', '""')}" ORDER BY position`,
      ))
        rows.push(receivedOf(String(table), row));
    return rows;
  };

  itKeepsTheContract(
    ours({
      open,
      read,
      server: lazily(() => server),
      ordering: 'per-key',
      duplicates: 'dropped',
      hasTargets: true,
      refuse: (delivery) => ({ ...delivery, attributes: { ...delivery.attributes, type: 'ghost' } }),
      broken: [
        {
          title: 'the password is wrong',
          open: () => open({}, worldOf('pg', { PASSWORD: 'wr0ng-one' })),
          says: /password is wrong, or the user does not exist/,
          secrets: ['wr0ng-one'],
        },
        {
          title: 'the database does not exist',
          open: () => open({ database: 'nowhere' }),
          says: /database does not exist/,
        },
        {
          title: 'the table does not exist',
          open: () => open({ createTable: false, table: 'absent' }),
          says: /table "absent": the table does not exist: create it .* createTable/,
        },
        {
          title: 'the schema does not exist',
          open: () => open({ schema: 'absent' }),
          says: /schema does not exist/,
        },
        {
          title: 'the user may not write',
          open: () => open({ user: 'reader', createTable: false }, worldOf('pg', { PASSWORD: '1234' })),
          says: /may not write to the table/,
        },
        { title: 'nothing listens', open: () => open({ host: '127.0.0.1', port: 1 }), says: /ECONNREFUSED/ },
      ],
    }),
  );

  it('says which column a table of one’s own lacks', async () => {
    const sink = await open({ table: 'narrow' });
    await expect(write(sink, {})).rejects.toThrow(/table "narrow": the table lacks a column.*\(42703\)/);
    await sink.close();
  });

  it('keeps the data of events where queries find it', async () => {
    const sink = await open({ table: 'facts' });
    await write(
      sink,
      { key: 'c1' },
      { format: 'binary', contentType: 'application/json', body: Buffer.from('{"t":21.50}') },
    );
    expect(await server.query('SELECT data FROM facts ORDER BY position')).toEqual([
      { data: { key: 'c1' } },
      { data: { t: 21.5 } },
    ]);
    await sink.close();
  });

  it('keeps only bodies that the column data cannot hold, when told so', async () => {
    const sink = await open({ table: 'lean', body: 'unlessJson' });
    const bodies = [
      '{"n":"\\u0000"}',
      '{"n":"\\\\u0000"}',
      '{"half":"\\ud800"}',
      '{"n":1e999999}',
      '{',
      'plain',
    ];
    await write(
      sink,
      {},
      ...bodies.map(
        (body) => ({ format: 'raw', contentType: 'application/json', body: Buffer.from(body) }) as const,
      ),
      { format: 'raw', contentType: 'text/plain', body: Buffer.from('{}') },
    );
    const rows = await server.query('SELECT data, body FROM lean ORDER BY position');
    expect(rows.map(({ data, body }) => body?.toString() ?? data)).toEqual([
      { key: 'client-1' },
      bodies[0],
      { n: '\\u0000' },
      ...bodies.slice(2),
      '{}',
    ]);
    await sink.close();
  });

  it('keeps what nests too deeply for the column data as bytes, alone and in an envelope', async () => {
    const sink = await open({ table: 'deep', body: 'unlessJson' });
    const lists = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const maps = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const envelope = `{"specversion":"1.0","id":"1","source":"s","type":"t","data":${lists}}`;
    const raw = (body: string) =>
      makeDelivery({ format: 'raw', contentType: 'application/json', body: Buffer.from(body) });
    const batch = [
      makeDelivery({}),
      raw(lists),
      raw(maps),
      { ...makeDelivery({ format: 'structured' }), body: Buffer.from(envelope) },
      raw('[1]'),
    ];
    expect((await sink.write(batch, new AbortController().signal))?.rejected ?? []).toEqual([]);
    const rows = await server.query('SELECT data, body FROM deep ORDER BY position');
    const [first, ...others] = rows.map(({ data, body }) => body?.toString() ?? data);
    expect(first).toEqual({ key: 'client-1' });
    // Texts this long are useless in a report.
    expect(others.map((text) => [lists, maps, envelope].indexOf(String(text)))).toEqual([0, 1, 2, -1]);
    await sink.close();
  });

  it('rejects a row that a trigger of the table refuses, and writes the others', async () => {
    const sink = await open({ table: 'guarded' });
    await write(sink, {});
    await server.query(
      `CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.content_type = 'text/plain' THEN RAISE EXCEPTION 'no text'; END IF; RETURN NEW; END $$`,
    );
    await server.query('CREATE TRIGGER guard BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION guard()');
    const receipt = await write(
      sink,
      { key: 'x' },
      { format: 'raw', contentType: 'text/plain', body: Buffer.from('no') },
      { format: 'raw', contentType: 'application/json', body: Buffer.from('[1]') },
    );
    expect(receipt).toMatchObject({ rejected: [{ reason: 'PostgreSQL refused the row: P0001' }] });
    expect(await server.query('SELECT count(*)::int AS n FROM guarded')).toEqual([{ n: 3 }]);
    await sink.close();
  });

  it('keeps ids that are too long for an index, by their hash', async () => {
    const sink = await open({ table: 'long' });
    const long = makeDelivery({ idPrefix: 'ä'.repeat(30_000) });
    for (let i = 0; i < 2; i++) await sink.write([long], new AbortController().signal);
    const rows = await server.query('SELECT id, extensions FROM long');
    expect(rows).toEqual([
      { id: expect.stringMatching(/^ä{128}\.\.\.sha256:[0-9a-f]{64}$/), extensions: { longid: long.id } },
    ]);
    await sink.close();
  });

  it('refuses names of tables that the server would cut short', async () => {
    const sink = await open();
    const receipt = await write(sink, { target: 'x'.repeat(64) }, { target: '' }, { target: 'a\0b' }, {});
    expect(receipt).toEqual({
      rejected: [
        { index: 0, reason: expect.stringMatching(/longer than the 63 bytes/) },
        { index: 1, reason: expect.stringMatching(/empty/) },
        { index: 2, reason: expect.stringMatching(/U\+0000/) },
      ],
    });
    await sink.close();
  });

  it('writes the other tables if the configured table is missing, and keeps the rest', async () => {
    const world = worldOf('pg', { PASSWORD: password });
    const sink = await open({ createTable: false, table: 'gone' }, world);
    const receipt = await write(sink, {}, { target: 'events' }, { target: 'gone' });
    expect(receipt).toEqual({
      rejected: [{ index: 2, reason: expect.stringMatching(/table "gone": the table does not exist/) }],
      unconfirmed: [0],
    });
    expect(world.said).toMatchObject([{ fields: { sink: 'pg', reason: expect.stringMatching(/"gone"/) } }]);
    await sink.close();
  });

  it('rejects events whose own table is missing, forbidden or another', async () => {
    await server.query('CREATE TABLE secret (LIKE events INCLUDING ALL)');
    await server.query('GRANT INSERT, SELECT ON events TO reader');
    const world = worldOf('pg', { PASSWORD: '1234' });
    const sink = await open({ user: 'reader', createTable: false }, world);
    const targets = ['gone', 'secret', 'narrow', 'pg_stat_activity'];
    await server.query('GRANT INSERT ON narrow TO reader');
    const receipt = await write(sink, {}, ...targets.map((target) => ({ target })), {});
    expect(receipt).toEqual({
      rejected: [
        { index: 1, reason: expect.stringMatching(/"gone": the table does not exist/) },
        { index: 2, reason: expect.stringMatching(/"secret": the user may not write/) },
        { index: 3, reason: expect.stringMatching(/"narrow": the table lacks a column/) },
        { index: 4, reason: expect.stringMatching(/"pg_stat_activity": /) },
      ],
    });
    expect(world.said).toEqual([]);
    await sink.close();
  });

  it('rejects events whose own table it may not make', async () => {
    const sink = await open({ user: 'reader' }, worldOf('pg', { PASSWORD: '1234' }));
    expect(await write(sink, { target: 'made' }, {})).toEqual({
      rejected: [{ index: 0, reason: expect.stringMatching(/"made": the user may not write.*CREATE/) }],
    });
    await sink.close();
  });

  it('makes one table from several connections at once', async () => {
    const sink = await open({ table: 'contended' });
    await Promise.all(Array.from({ length: 8 }, () => write(sink, {}, {})));
    expect(await server.query('SELECT count(*)::int AS n FROM contended')).toEqual([{ n: 16 }]);
    await sink.close();
  });

  it('gives up a batch when nobody waits for it any more, and writes the next', async () => {
    const sink = await open({ port: proxy.port });
    await write(sink, {});
    proxy.freeze();
    const abort = new AbortController();
    const writing = sink.write([makeDelivery()], abort.signal);
    abort.abort(new Error('too late'));
    await expect(writing).rejects.toThrow('too late');
    proxy.thaw();
    expect(await write(sink, {})).toBeUndefined();
    await sink.close();
  });

  it('confirms nothing when the answer of the server is lost, and writes it once', async () => {
    const sink = await open({ port: proxy.port, table: 'once' });
    await sink.check?.();
    const batch = [makeDelivery(), makeDelivery()];
    proxy.cutNextAnswer();
    await expect(sink.write(batch, new AbortController().signal)).rejects.toThrow(/PostgreSQL at/);
    expect(await sink.write(batch, new AbortController().signal)).toBeUndefined();
    expect(await server.query('SELECT count(*)::int AS n FROM once')).toEqual([{ n: 2 }]);
    await sink.close();
  });
});

function receivedOf(target: string, row: Record<string, unknown>): Received {
  const { id, key, type, source, subject, utc, content_type: contentType, extensions, body } = row;
  return {
    id: String(id),
    key: String(key),
    body: body as Uint8Array,
    contentType: String(contentType),
    target,
    attributes: {
      specversion: '1.0',
      id: String(id),
      type: String(type),
      source: String(source),
      subject: String(subject),
      time: String(utc),
      ...(extensions as Record<string, string> | null),
    },
  };
}
