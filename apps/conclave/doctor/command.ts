/** `conclave doctor`: common mistakes of an installation, each with what to do about it. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dataDirectoryOf } from '../settings.ts';
import { diagnose } from './diagnosis.ts';
import { installationFacts } from './facts.ts';

const HELP = `conclave doctor [--data DIR] [--json]

Looks for common mistakes: ports that are taken, files that others can read, certificates that expire or
have a wrong name, a full disk, a wrong clock, bridges that do not register, settings that do not fit.
Nothing is changed. Exit code 1 when something does not work; advice alone is 0.
`;

export async function doctorCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const dataDirectory = dataDirectoryOf(values.data);
  if (!existsSync(dataDirectory)) {
    process.stdout.write(`${dataDirectory} is not there: nothing has been started yet.\n`);
    process.exitCode = 1;
    return;
  }
  const facts = await installationFacts(dataDirectory);
  const findings = diagnose(facts);
  process.exitCode = findings.some(({ severity }) => severity === 'fault') ? 1 : 0;
  if (values.json) {
    process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
    return;
  }
  for (const { severity, about, text, fix } of findings) {
    process.stdout.write(`${severity}  ${about}: ${text}\n        ${fix}\n`);
  }
  const state = facts.report ? 'The call manager runs.' : 'The call manager does not run.';
  const verdict = findings.length === 0 ? 'Nothing is wrong that can be seen from here.' : '';
  process.stdout.write(`${state} ${verdict}`.trimEnd().concat('\n'));
}
