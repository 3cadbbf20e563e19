/**
 * Who may administer, with which tokens, and the trail of what was done. The trail only grows, and each entry
 * holds a hash of itself and the one before: who changes or takes out one breaks the chain behind it.
 */
import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { AuditTable, Schema } from './schema.ts';

export interface StoredAccount {
  readonly name: string;
  readonly role: string;
  /** Whatever the administration makes of a password. */
  readonly passwordHash: string;
}

export interface StoredToken {
  readonly id: string;
  readonly user: string;
  readonly label: string;
  readonly hash: string;
  readonly createdMs: number;
}

export interface StoredAuditEntry {
  readonly atMs: number;
  readonly user: string;
  readonly from: string;
  readonly action: string;
  readonly outcome: string;
  readonly detail: string;
}

export class Accounts {
  readonly #database: Kysely<Schema>;

  constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  async account(name: string): Promise<StoredAccount | undefined> {
    return (await this.accounts()).find((each) => each.name === name);
  }

  /** In order of name. */
  async accounts(): Promise<readonly StoredAccount[]> {
    const rows = await this.#database.selectFrom('account').selectAll().orderBy('name').execute();
    return rows.map(({ name, role, password_hash }) => ({
      name,
      role,
      passwordHash: password_hash,
    }));
  }

  /** Adds it, or takes the place of the one of this name. */
  async putAccount({ name, role, passwordHash }: StoredAccount): Promise<void> {
    const values = { role, password_hash: passwordHash };
    await this.#database
      .insertInto('account')
      .values({ name, ...values })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
      .execute();
  }

  /** With its tokens. False: there is none. */
  async removeAccount(name: string): Promise<boolean> {
    return await this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('api_token').where('user', '=', name).execute();
      const gone = await transaction
        .deleteFrom('account')
        .where('name', '=', name)
        .executeTakeFirst();
      return gone.numDeletedRows > 0n;
    });
  }

  async tokenOf(hash: string): Promise<StoredToken | undefined> {
    const row = await this.#database
      .selectFrom('api_token')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row && { ...row, createdMs: Number(row.created_ms) };
  }

  async tokens(user: string): Promise<readonly StoredToken[]> {
    const rows = await this.#database
      .selectFrom('api_token')
      .selectAll()
      .where('user', '=', user)
      .orderBy('created_ms')
      .execute();
    return rows.map((row) => ({ ...row, createdMs: Number(row.created_ms) }));
  }

  async putToken({ id, user, label, hash, createdMs }: StoredToken): Promise<void> {
    const values = { id, user, label, hash, created_ms: createdMs };
    await this.#database.insertInto('api_token').values(values).execute();
  }

  async removeToken(user: string, id: string): Promise<boolean> {
    const gone = await this.#database
      .deleteFrom('api_token')
      .where('user', '=', user)
      .where('id', '=', id)
      .executeTakeFirst();
    return gone.numDeletedRows > 0n;
  }

  async audit(entry: StoredAuditEntry): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      const last = await lastOf(transaction);
      const row = rowOf(entry, Number(last?.number ?? 0) + 1);
      await transaction
        .insertInto('audit')
        .values({ ...row, chain: chainOf(last?.chain ?? '', row) })
        .execute();
    });
  }

  /** The latest first. */
  async auditTrail(most: number): Promise<readonly StoredAuditEntry[]> {
    const rows = await this.#database
      .selectFrom('audit')
      .selectAll()
      .orderBy('number', 'desc')
      .limit(most)
      .execute();
    return rows.map(({ at_ms, user, source, action, outcome, detail }) => ({
      ...{ atMs: Number(at_ms), user, from: source, action, outcome, detail },
    }));
  }

  /** The number of the first entry that is not what was written, or is missing; undefined: all are there. */
  async brokenAuditEntry(): Promise<number | undefined> {
    const rows = await this.#database.selectFrom('audit').selectAll().orderBy('number').execute();
    let before = '';
    for (const [index, { chain, ...row }] of rows.entries()) {
      const number = Number(row.number);
      if (number !== index + 1 || chain !== chainOf(before, row)) return index + 1;
      before = chain;
    }
    return undefined;
  }
}

type Row = Omit<AuditTable, 'chain'>;

async function lastOf(transaction: Transaction<Schema>): Promise<AuditTable | undefined> {
  return await transaction
    .selectFrom('audit')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function rowOf(
  { atMs, user, from, action, outcome, detail }: StoredAuditEntry,
  number: number,
): Row {
  return { number, at_ms: atMs, user, source: from, action, outcome, detail };
}

function chainOf(
  before: string,
  { number, at_ms, user, source, action, outcome, detail }: Row,
): string {
  const said = [before, Number(number), Number(at_ms), user, source, action, outcome, detail];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
