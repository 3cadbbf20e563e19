/** `conclave config`: the whole configuration as YAML, out of the database and back into it. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askAdmin } from '@conclave/callmanager';
import {
  faultsOf,
  SAMPLE_CONFIGURATION,
  Store,
  type StoredConfiguration,
  ValidationError,
  warningsOf,
} from '@conclave/store';
import { parse, stringify } from 'yaml';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave config export [--data DIR]          write the configuration as YAML to standard output
conclave config check FILE                   say what is wrong with a configuration
conclave config import FILE [--data DIR]     replace the configuration by this one

FILE - is standard input. A running call manager takes the new configuration at once: devices whose
own settings have changed are dropped and register again; conferences go on as they began.
`;

/** A file that is no configuration. */
class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_FILE';
}

export async function configCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { data: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [verb, file] = positionals;
  const dataDirectory = dataDirectoryOf(values.data);
  if (verb === 'export') {
    process.stdout.write(stringify(await currentConfiguration(dataDirectory)));
  } else if (verb === 'check' && file !== undefined) {
    check(readConfigurationFile(file));
    process.stdout.write('The configuration can be imported.\n');
  } else if (verb === 'import' && file !== undefined) {
    const configuration = readConfigurationFile(file);
    check(configuration);
    await importConfiguration(dataDirectory, configuration);
  } else {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
  }
}

/** What is in force, or what a first start would begin with. */
async function currentConfiguration(dataDirectory: string): Promise<StoredConfiguration> {
  const answer = await askAdmin(dataDirectory, 'GET', '/configuration');
  if (answer) return answer.body as StoredConfiguration;
  if (!existsSync(databaseOf(dataDirectory))) return SAMPLE_CONFIGURATION;
  return await withStore(
    dataDirectory,
    async (store) => (await store.readConfiguration()) ?? SAMPLE_CONFIGURATION,
  );
}

async function importConfiguration(
  dataDirectory: string,
  configuration: StoredConfiguration,
): Promise<void> {
  const answer = await askAdmin(dataDirectory, 'POST', '/configuration', configuration);
  if (!answer) {
    await withStore(dataDirectory, (store) => store.writeConfiguration(configuration));
    process.stdout.write('Imported; it is in force from the next start on.\n');
    return;
  }
  if (answer.status !== 200) {
    throw new ConfigError((answer.body as { error?: string }).error ?? 'refused');
  }
  process.stdout.write('Imported; the running call manager has taken it.\n');
}

async function withStore<T>(dataDirectory: string, use: (store: Store) => Promise<T>): Promise<T> {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const store = await Store.open(databaseOf(dataDirectory));
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function databaseOf(dataDirectory: string): string {
  return join(dataDirectory, 'conclave.sqlite');
}

function check(configuration: StoredConfiguration): void {
  const faults = faultsOf(configuration);
  if (faults.length > 0) throw new ValidationError(faults);
  // What can be stored and is hardly meant (TIP-03, TIP-05, MML-05).
  for (const { field, rule } of warningsOf(configuration)) {
    process.stderr.write(`warning: ${field}: ${rule}\n`);
  }
}

function readConfigurationFile(file: string): StoredConfiguration {
  let found: unknown;
  try {
    found = parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return completed(file, found);
}

/** Fills in what may be left away, so that a person can write a short file. */
function completed(file: string, found: unknown): StoredConfiguration {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new ConfigError(`${file}: expected keys such as cluster, phones and bridges.`);
  }
  const given = found as Partial<Record<keyof StoredConfiguration, unknown>>;
  const list = (key: keyof StoredConfiguration): readonly Record<string, unknown>[] => {
    const value = given[key] ?? [];
    if (!Array.isArray(value)) throw new ConfigError(`${file}: ${key} must be a list.`);
    return value as Record<string, unknown>[];
  };
  const device = { devicePool: 'Default', location: 'Hub_None' };
  return {
    cluster: { id: 'StandAloneCluster', securityMode: 'mixed', ...(given.cluster as object) },
    phones: list('phones').map((phone) => ({
      ...device,
      firmware: phone.protocol === 'SIP' ? '' : '9.4(2)',
      protocol: 'SCCP',
      ...(phone.standardClient === true && { model: 'Third-party SIP Device' }),
      description: '',
      userLocale: 'English_United_States',
      ...phone,
      ...credentials(phone),
      lines: ((phone.lines ?? []) as Record<string, unknown>[]).map((line, index) => ({
        index: index + 1,
        partition: '',
        displayName: '',
        label: String(line.directoryNumber ?? ''),
        ...line,
        directoryNumber: String(line.directoryNumber ?? ''),
      })),
    })),
    bridges: list('bridges').map((bridge) => ({
      ...device,
      type: 'Cisco IOS Enhanced Conference Bridge',
      commonDeviceConfiguration: '',
      description: String(bridge.name ?? ''),
      ...bridge,
    })),
    musicServers: list('musicServers').map((server) => ({
      ...device,
      securityMode: 'nonsecure',
      description: String(server.name ?? ''),
      ...server,
    })),
    mediaResourceGroups: list('mediaResourceGroups'),
    mediaResourceLists: list('mediaResourceLists'),
    parkNumbers: list('parkNumbers').map((number) => ({
      partition: '',
      description: '',
      ...number,
      pattern: String(number.pattern ?? ''),
    })),
    meetMeNumbers: list('meetMeNumbers').map((number) => ({
      partition: '',
      description: '',
      minimumSecurityLevel: 'nonsecure',
      ...number,
      pattern: String(number.pattern ?? ''),
    })),
    sipTrunks: list('sipTrunks').map((trunk) => ({ ...trunk, ...credentials(trunk) })),
    routes: list('routes').map((route) => ({ ...route, pattern: String(route.pattern ?? '') })),
    serviceParameters: Object.fromEntries(
      Object.entries((given.serviceParameters as object | undefined) ?? {}).map(([name, value]) => [
        name,
        value === true ? 'True' : value === false ? 'False' : String(value),
      ]),
    ),
  } as unknown as StoredConfiguration;
}

/** Users and passwords may be written as numbers. */
function credentials({ digest }: Record<string, unknown>): { readonly digest?: unknown } {
  if (typeof digest !== 'object' || digest === null) return {};
  const texts = Object.entries(digest).map(([key, value]) => [
    key,
    typeof value === 'number' ? String(value) : value,
  ]);
  return { digest: Object.fromEntries(texts) };
}
