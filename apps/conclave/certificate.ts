/** `conclave certificate`: certificates of the private CA for devices, to be copied to where they run. */
import { parseArgs } from 'node:util';
import { type DeviceClass, KeyStore } from '@conclave/pki';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave certificate phone|bridge|music NAME [--data DIR]

Makes a key and a certificate for the device unless it has one, and says where they are. The call
manager does this by itself for every secure device of its configuration.
`;

const FOLDERS: ReadonlyMap<string, DeviceClass> = new Map([
  ['phone', 'phones'],
  ['bridge', 'bridges'],
  ['music', 'music-servers'],
]);

export async function certificateCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { data: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [kind, name] = positionals;
  const folder = FOLDERS.get(kind ?? '');
  if (values.help || !folder || name === undefined) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const keys = new KeyStore(dataDirectoryOf(values.data));
  const made = await keys.ensureDevice(folder, name, new Date());
  const files = keys.deviceFiles(folder, name);
  process.stdout.write(`${made ? 'Made' : 'Already there'}:\n`);
  process.stdout.write(`  ${files.certificate}\n  ${files.key}\n  ${files.trust}\n`);
}
