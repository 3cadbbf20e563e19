/** `conclave capture` and `conclave announcement`: tell a running call manager what goes on around calls. */
import { parseArgs } from 'node:util';
import { askAdmin } from '@conclave/callmanager';
import { dataDirectoryOf } from './settings.ts';

const WHAT = {
  capture: `conclave capture DEVICE on|off [--data DIR]

Tells the call manager that a packet capture runs on a phone or bridge. With the service parameter Packet
Capture Enable its calls are shown as nonsecure meanwhile; media, records and minimum levels stay as they are.
`,
  announcement: `conclave announcement PHONE on|off [--data DIR]

Tells the call manager that a precedence tone or an announcement is played to a phone. Its conference is
shown as nonsecure meanwhile.
`,
} as const;

export async function circumstanceCommand(
  type: keyof typeof WHAT,
  argv: readonly string[],
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { data: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [device, state] = positionals;
  if (values.help || device === undefined || (state !== 'on' && state !== 'off')) {
    process.stdout.write(WHAT[type]);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const dataDirectory = dataDirectoryOf(values.data);
  const active = state === 'on';
  const answer = await askAdmin(dataDirectory, 'POST', '/circumstance', { type, device, active });
  if (answer?.status === 200) {
    process.stdout.write(`${type} ${state}: ${device}\n`);
    return;
  }
  const { error = 'refused' } = (answer?.body ?? {}) as { readonly error?: string };
  const why = answer ? error : `No call manager runs on ${dataDirectory}. Start one: npm start`;
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
}
