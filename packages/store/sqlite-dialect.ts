/**
 * Kysely on Node's own SQLite: the only file that knows which database this is. One connection, which
 * Kysely gives to one user at a time; SQLite serialises writers anyway.
 *
 * Whoever puts another database in its place writes another such file; nothing else has SQL of
 * SQLite's own.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * The write-ahead log lets the command line read while the call manager writes. Its default, NORMAL,
 * may lose the latest commits with the power; FULL flushes each one. An administrator's edit and a
 * reserved block of call ids are rare and must not come undone, so a flush each is a fair price.
 */
const PRAGMAS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  `busy_timeout = ${BUSY_TIMEOUT_MS}`,
];

export class NodeSqliteDialect implements Dialect {
  readonly #file: string;

  /** `file` may be `:memory:`. It is opened at the first query, and made when it is missing. */
  constructor(file: string) {
    this.#file = file;
  }

  createAdapter(): SqliteAdapter {
    return new NodeSqliteAdapter();
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#file);
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
}

class NodeSqliteAdapter extends SqliteAdapter {
  /** SQLite can take back a CREATE TABLE, so a kill in a migration leaves the database as it was. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDriver implements Driver {
  readonly #file: string;
  #database: DatabaseSync | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {
    const database = new DatabaseSync(this.#file);
    for (const pragma of PRAGMAS) database.exec(`PRAGMA ${pragma}`);
    this.#database = database;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#database) throw new Error('the database is not open');
    return new NodeSqliteConnection(this.#database);
  }

  /** Takes the right to write at once: waiting for it later could fail half-way. */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#database.prepare(sql);
    const values = parameters as readonly SQLInputValue[];
    if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return {
      rows: [],
      numAffectedRows: BigInt(changes),
      insertId: BigInt(lastInsertRowid),
    };
  }

  // biome-ignore lint/correctness/useYield: results are never streamed; Kysely demands the method.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not offered');
  }
}
