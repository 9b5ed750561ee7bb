/** Writes events to PostgreSQL tables: one statement per table and batch; each id is inserted once. */
import type { Pool, PoolClient } from 'pg';
import { type Attempt, bisect, type Numbered } from '../bisect.ts';
import type { Delivery } from '../delivery.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import type { PostgresOptions } from './declaration.ts';
import { type Row, toRow, withBytes } from './encode.ts';
import {
  explain,
  isAboutContent,
  isAboutTable,
  isUsable,
  type PostgresError,
  reasonOf,
  troubleOf,
} from './errors.ts';
import { createStatement, findNameProblem, insertStatement, insertValues, quoteTable } from './statements.ts';

/** A row with its index in the batch. */
interface NumberedRow extends Numbered {
  readonly row: Row;
  /** Whether the event chose the table, not the configuration. */
  readonly hasOwnTable: boolean;
}

export class PostgresSink implements Sink {
  readonly name: string;
  readonly #pool: Pool;
  readonly #options: PostgresOptions;
  readonly #log: SinkWorld['log'];
  readonly #place: string;
  #closing: Promise<void> | undefined;

  constructor(pool: Pool, options: PostgresOptions, { name, log }: SinkWorld) {
    this.name = name;
    this.#pool = pool;
    this.#options = options;
    this.#log = log;
    this.#place = `PostgreSQL at ${options.host}:${options.port}`;
  }

  async write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): Promise<Receipt | undefined> {
    const outcome = new ReceiptBuilder(batch, isWanted);
    const tables = this.#sort(batch, outcome);
    if (tables.size > 0) await this.#writeTables(tables, outcome, signal);
    return outcome.settle(
      tellOfPart(this.#log, this.name, 'a part of a batch was not written and is retried'),
    );
  }

  async check(): Promise<void> {
    const { schema, table, createTable } = this.#options;
    const quoted = quoteTable(schema, table);
    const client = await this.#connect();
    let error: PostgresError | undefined;
    try {
      if (createTable) await create(client, quoted);
      await client.query(`SELECT id FROM ${quoted} LIMIT 0`);
    } catch (cause) {
      error = cause as PostgresError;
      throw explain(error, this.#placeOf(table));
    } finally {
      client.release(error !== undefined && !isUsable(error));
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    return this.#closing;
  }

  /** Groups rows by table, in order. */
  #sort(batch: readonly Delivery[], outcome: ReceiptBuilder): Map<string, NumberedRow[]> {
    const tables = new Map<string, NumberedRow[]>();
    for (const [index, delivery] of batch.entries()) {
      const { target } = delivery;
      const table = target ?? this.#options.table;
      const problem = findNameProblem(table);
      if (problem !== undefined) {
        outcome.reject(index, problem);
        continue;
      }
      const rows = tables.get(table);
      const row = toRow(delivery, this.#options.body);
      const numbered = { index, row, hasOwnTable: target !== undefined };
      if (rows === undefined) tables.set(table, [numbered]);
      else rows.push(numbered);
    }
    return tables;
  }

  /**
   * Writes one table after another on one connection. An error with one table does not keep the others from their rows.
   */
  async #writeTables(
    tables: ReadonlyMap<string, readonly NumberedRow[]>,
    outcome: ReceiptBuilder,
    signal: AbortSignal,
  ): Promise<void> {
    const client = await this.#connect();
    let isOver = false;
    const release = (isBroken: boolean) => {
      if (!isOver) client.release(isBroken);
      isOver = true;
    };
    // The client can only end a statement by closing its connection.
    const abort = () => release(true);
    signal.addEventListener('abort', abort, { once: true });
    try {
      for (const [table, rows] of tables) {
        signal.throwIfAborted();
        const error = await this.#writeTable(client, table, outcome.wanted(rows), outcome);
        if (error === undefined || isUsable(error)) continue;
        release(true);
        break;
      }
    } catch (reason) {
      outcome.blame(reason);
    } finally {
      signal.removeEventListener('abort', abort);
      release(false);
    }
  }

  /** @returns the error that kept rows from being confirmed. */
  async #writeTable(
    client: PoolClient,
    table: string,
    rows: readonly NumberedRow[],
    outcome: ReceiptBuilder,
  ): Promise<PostgresError | undefined> {
    const quoted = quoteTable(this.#options.schema, table);
    const write = () => bisect(rows, insertInto(client, quoted), outcome);
    try {
      try {
        await write();
      } catch (cause) {
        if (!this.#options.createTable || troubleOf(cause as PostgresError) !== 'table') throw cause;
        await create(client, quoted);
        await write();
      }
      return undefined;
    } catch (cause) {
      const error = cause as PostgresError;
      const trouble = explain(error, this.#placeOf(table));
      // An event chose this table, which will never accept it: do not delay the others.
      if (isAboutTable(error))
        for (const { index, hasOwnTable } of rows)
          if (hasOwnTable && !outcome.isSettled(index)) outcome.reject(index, trouble.message);
      outcome.blame(trouble);
      return error;
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      const client = await this.#pool.connect();
      // The statement itself reports what breaks while it runs.
      if (client.listenerCount('error') === 0) client.on('error', () => {});
      return client;
    } catch (cause) {
      throw explain(cause as PostgresError, this.#place);
    }
  }

  #placeOf(table: string): string {
    return `${this.#place}, table ${JSON.stringify(table)}`;
  }
}

function insertInto(client: PoolClient, quoted: string): Attempt<NumberedRow> {
  const statement = insertStatement(quoted);
  return {
    async write(rows) {
      if (rows.length === 0) return;
      await client.query(statement, insertValues(rows.map(({ row }) => row)));
    },
    reasonOf: (error) =>
      troubleOf(error as PostgresError) === 'row' ? reasonOf(error as PostgresError) : undefined,
    // Keep what `jsonb` cannot hold.
    rescue(item, error) {
      const bytes = isAboutContent(error as PostgresError) ? withBytes(item.row) : undefined;
      return bytes && { ...item, row: bytes };
    },
  };
}

/** What the loser of two concurrent CREATE TABLE gets: the table, its type or its row exists. */
const alreadyThere: readonly unknown[] = ['42P07', '42710', '23505'];

async function create(client: PoolClient, quoted: string): Promise<void> {
  try {
    await client.query(createStatement(quoted));
  } catch (cause) {
    if (!alreadyThere.includes((cause as PostgresError).code)) throw cause;
  }
}
