/** `conclave verify`: whether security timelines are as they were written. It needs no running system. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ChainVerdict, verifyChain } from '@conclave/pki';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave verify FILE [--ca CA.pem]             one conference's security timeline
conclave verify [DIRECTORY] [--ca CA.pem]      all of them, and that none is missing
                                               (timeline/ of the data directory)
  --head HASH   the ledger's last hash as it was told before: nothing behind it has been taken away
  --json        as JSON

Every line that was changed, left out, added or moved is found, and who signed the file is checked against
the authority (pki/ca/ca.pem of the data directory unless --ca is given). Whoever has the key of the records can
sign anything; whoever takes away the end of the ledger with the files is found only by --head.
Exit code 1: something is wrong.
`;

const LEDGER = 'ledger.timeline';

interface Finding {
  readonly file: string;
  readonly verdict: ChainVerdict;
}

export function verifyCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      ca: { type: 'string' },
      head: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return Promise.resolve();
  }
  const data = dataDirectoryOf(values.data);
  const path = positionals[0] ?? join(data, 'timeline');
  if (!existsSync(path)) throw Object.assign(new Error(`${path} is missing.`), { code: 'VERIFY' });
  const isWhole = statSync(path).isDirectory();
  const ca = values.ca ?? join(isWhole ? dirname(path) : dirname(dirname(path)), 'pki/ca/ca.pem');
  const authority = existsSync(ca) ? readFileSync(ca, 'utf8') : undefined;
  const findings = isWhole ? directory(path, authority) : [verified(path, authority)];
  const faults = [
    ...findings.flatMap(({ file, verdict: { fault } }) => (fault ? [`${file}: ${fault}`] : [])),
    ...(isWhole ? ledgerFaults(findings, values.head) : sealFaults(findings)),
  ];
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ faults, findings }, undefined, 2)}\n`);
  } else {
    print(findings, faults, authority === undefined ? undefined : ca);
  }
  process.exitCode = faults.length > 0 ? 1 : 0;
  return Promise.resolve();
}

function verified(path: string, authority: string | undefined): Finding {
  return { file: basename(path), verdict: verifyChain(readFileSync(path, 'utf8'), authority) };
}

/** The ledger first. */
function directory(path: string, authority: string | undefined): readonly Finding[] {
  const names = readdirSync(path).filter((name) => name.endsWith('.timeline') && name !== LEDGER);
  return [LEDGER, ...names.toSorted()].flatMap((name) => {
    const file = join(path, name);
    return existsSync(file) ? [verified(file, authority)] : [];
  });
}

/** A conference that is over has a seal. */
function sealFaults(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ file, verdict: { signedBy, fault } }) =>
    signedBy === undefined && fault === undefined
      ? [`${file}: it is not signed; the conference goes on, or its end is missing.`]
      : [],
  );
}

function ledgerFaults(findings: readonly Finding[], head: string | undefined): readonly string[] {
  const ledger = findings.find(({ file }) => file === LEDGER)?.verdict;
  if (!ledger) return [`${LEDGER} is missing.`];
  const files = new Map(findings.map(({ file, verdict }) => [file, verdict]));
  const faults: string[] = [];
  const removed = new Set(
    ledger.entries.flatMap(({ type, file }) => (type === 'removed' ? [String(file)] : [])),
  );
  const begun = new Set(ledger.entries.map(({ file }) => String(file)));
  for (const { type, file, head: wanted } of ledger.entries) {
    const name = String(file);
    const found = files.get(name);
    if (!found) {
      if (type === 'began' && !removed.has(name)) faults.push(`${name} is missing.`);
    } else if (type === 'ended' && found.fault === undefined) {
      if (found.head !== wanted) faults.push(`${name}: it is another one than the ledger has.`);
      else if (found.signedBy === undefined) faults.push(`${name}: its signature is missing.`);
    }
  }
  for (const { file } of findings) {
    if (file !== LEDGER && !begun.has(file)) faults.push(`${file}: the ledger does not know it.`);
  }
  if (head !== undefined && !ledger.hashes.includes(head)) {
    faults.push(`${LEDGER}: its end has been taken away: ${head} is not in it.`);
  }
  return faults;
}

function print(
  findings: readonly Finding[],
  faults: readonly string[],
  authority: string | undefined,
): void {
  for (const { file, verdict } of findings) {
    const { entries, signedBy, head } = verdict;
    if (file === LEDGER) {
      process.stdout.write(`${file}: ${entries.length} entries, head ${head}\n`);
      continue;
    }
    const levels = entries.flatMap(({ type, to }) => (type === 'level' ? [String(to)] : []));
    const signed = signedBy === undefined ? 'not signed yet' : `signed by ${signedBy}`;
    process.stdout.write(`${file}: ${levels.join(' > ') || 'no level'}; ${signed}\n`);
  }
  for (const fault of faults) process.stdout.write(`WRONG  ${fault}\n`);
  if (authority === undefined) {
    process.stdout.write('No authority was given: anybody may have signed this (--ca).\n');
  }
  if (faults.length === 0) process.stdout.write('Everything is as it was written.\n');
}
