/** `conclave user`: who may administer. The first administrator is made here. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { hashPassword, isRole, PASSWORD_MIN, ROLES } from '@conclave/api';
import { askAdmin } from '@conclave/callmanager';
import { Store, type StoredAccount } from '@conclave/store';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave user add NAME --role ROLE [--data DIR]
conclave user remove NAME [--data DIR]
conclave user list [--data DIR]

  ROLE is one of ${ROLES.join(', ')}.
  The password is read from standard input, one line of at least ${PASSWORD_MIN} characters.
`;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

class UserError extends Error {
  override readonly name = 'UserError';
  readonly code = 'USER';
}

/** What is asked of a running call manager, or done on the database of one that does not run. */
export type UserChange =
  | { readonly type: 'put'; readonly account: StoredAccount }
  | { readonly type: 'remove'; readonly name: string };

export async function userCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      role: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [verb, name = ''] = positionals;
  const directory = dataDirectoryOf(values.data);
  if (verb === 'list' && !values.help) return await list(directory);
  if (values.help || (verb !== 'add' && verb !== 'remove')) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  if (!NAME.test(name)) throw new UserError('NAME: letters, digits, dots, dashes; at most 50');
  if (verb === 'remove') return await change(directory, { type: 'remove', name });
  const { role = '' } = values;
  if (!isRole(role)) throw new UserError(`--role is one of ${ROLES.join(', ')}`);
  const password = await readPassword();
  if (password.length < PASSWORD_MIN) {
    throw new UserError(`the password has at least ${PASSWORD_MIN} characters`);
  }
  const account = { name, role, passwordHash: await hashPassword(password) };
  await change(directory, { type: 'put', account });
}

async function change(directory: string, what: UserChange): Promise<void> {
  const answer = await askAdmin(directory, 'POST', '/user', what);
  if (answer && answer.status !== 200) {
    throw new UserError((answer.body as { error?: string }).error ?? 'refused');
  }
  if (!answer) await withStore(directory, (store) => changeUser(store, what));
}

/** On the accounts of a store. */
async function changeUser({ accounts }: Store, what: UserChange): Promise<void> {
  if (what.type === 'put') return await accounts.putAccount(what.account);
  if (!(await accounts.removeAccount(what.name))) throw new UserError(`there is no ${what.name}`);
}

async function list(directory: string): Promise<void> {
  const all = await withStore(directory, ({ accounts }) => accounts.accounts());
  for (const { name, role } of all) process.stdout.write(`${name.padEnd(24)} ${role}\n`);
}

async function withStore<T>(directory: string, use: (store: Store) => Promise<T>): Promise<T> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const store = await Store.open(join(directory, 'conclave.sqlite'));
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password: ');
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  return '';
}
