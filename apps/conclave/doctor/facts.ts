/** Looks at an installation without changing anything of it. */
import { X509Certificate } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNativeBuilt } from '@conclave/bridge';
import { askAdmin, type SystemReport } from '@conclave/callmanager';
import { StreamListener } from '@conclave/net';
import { certificateFacts, readIdentity } from '@conclave/pki';
import { Store, type StoredConfiguration } from '@conclave/store';
import { readSettings, type Settings } from '../settings.ts';
import type { FoundCertificate, InstallationFacts, LocalProcess } from './diagnosis.ts';

const PACKAGE = fileURLToPath(new URL('../../../package.json', import.meta.url));

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;

const DEVICE_FOLDERS = ['bridges', 'music-servers', 'phones'];

/** The data directory must be there. */
export async function installationFacts(dataDirectory: string): Promise<InstallationFacts> {
  const unusable: string[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      unusable.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const settings = attempt(() => readSettings(dataDirectory));
  const certificates = certificateFiles(dataDirectory).flatMap(
    (file) => attempt(() => foundCertificate(file, dataDirectory)) ?? [],
  );
  const report = (await askAdmin(dataDirectory, 'GET', '/status'))?.body;
  const stored = await readStore(dataDirectory, unusable);
  return {
    nowMs: Date.now(),
    node: { version: process.versions.node, wanted: pinnedNode() },
    hasNativeMedia: isNativeBuilt(),
    dataDirectory,
    openFiles: openFiles(dataDirectory),
    freeBytes: freeBytesOf(dataDirectory),
    unusable,
    localProcesses: settings ? localProcesses(settings) : [],
    certificates,
    newestFileMs: newestFileMs(dataDirectory),
    hasAdministrator: stored?.hasAdministrator ?? false,
    takenPorts: report === undefined && settings ? await takenPorts(settings) : [],
    ...(stored?.configuration && { configuration: stored.configuration }),
    ...(report !== undefined && { report: report as SystemReport }),
  };
}

function pinnedNode(): string {
  const { optionalDependencies } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  return optionalDependencies[`node-${process.platform}-${process.arch}`] ?? process.versions.node;
}

function certificateFiles(dataDirectory: string): readonly string[] {
  return globSync(join(dataDirectory, 'pki', '**', '*.pem')).toSorted();
}

/** Own certificates must belong to the keys beside them; who is trusted has none. */
function foundCertificate(file: string, dataDirectory: string): FoundCertificate {
  const key = file.replace(/\.pem$/, '.key');
  const isOwn = existsSync(key);
  const text = isOwn ? readIdentity({ certificate: file, key }).certificate : readFileSync(file);
  const folder = basename(dirname(dirname(file)));
  return {
    file: file.slice(dataDirectory.length + 1),
    facts: certificateFacts(new X509Certificate(text)),
    ...(isOwn && DEVICE_FOLDERS.includes(folder) && { device: basename(file, '.pem') }),
  };
}

async function readStore(
  dataDirectory: string,
  unusable: string[],
): Promise<
  { configuration: StoredConfiguration | undefined; hasAdministrator: boolean } | undefined
> {
  const file = join(dataDirectory, 'conclave.sqlite');
  if (!existsSync(file)) return undefined;
  try {
    const store = await Store.open(file);
    try {
      const users = await store.accounts.accounts();
      return {
        configuration: await store.readConfiguration(),
        hasAdministrator: users.some(({ role }) => role === 'administrator'),
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    unusable.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Keys, the database, backups of it: everything that holds a secret. */
function openFiles(dataDirectory: string): readonly string[] {
  const secret = globSync(join(dataDirectory, '{pki/**/*.key,*.sqlite*}'));
  // Within a folder that nobody else may enter the modes of files do not matter.
  const isShut = (statSync(dataDirectory).mode & OTHERS) === 0;
  return isShut ? [] : secret.filter((file) => (statSync(file).mode & OTHERS) !== 0).toSorted();
}

function freeBytesOf(dataDirectory: string): number {
  const { bavail, bsize } = statfsSync(dataDirectory);
  return bavail * bsize;
}

function newestFileMs(dataDirectory: string): number {
  const times = readdirSync(dataDirectory).map((name) => {
    return statSync(join(dataDirectory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  });
  return Math.max(0, ...times);
}

function localProcesses({ bridges, musicServers }: Settings): readonly LocalProcess[] {
  return [
    ...bridges.map(({ name, mode }) => ({ kind: 'bridge' as const, name, mode })),
    ...musicServers.map(({ name, mode }) => ({ kind: 'music server' as const, name, mode })),
  ];
}

async function takenPorts(settings: Settings): Promise<InstallationFacts['takenPorts']> {
  const taken: { setting: string; port: number }[] = [];
  for (const setting of [
    ...(['sccpPort', 'sccpTlsPort', 'sipPort', 'sipTlsPort', 'apiPort'] as const),
  ]) {
    const port = settings[setting];
    const listener = new StreamListener({
      host: settings.host,
      port,
      onConnection: (connection) => connection.destroy('nobody is served'),
      onHandshakeError: () => {},
    });
    try {
      await listener.listen();
    } catch {
      taken.push({ setting, port });
    } finally {
      await listener.close();
    }
  }
  return taken;
}
