/** `conclave conference`: takes parties out of a running conference, mutes them, or lets nobody else in. */
import { parseArgs } from 'node:util';
import { askAdmin, CONTROL_VERBS } from '@conclave/callmanager';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave conference eject|mute|unmute CONFERENCE PARTY [--data DIR]
conclave conference lock|unlock CONFERENCE [--data DIR]

  CONFERENCE  its meet-me number, or its id in \`conclave status --json\`
  PARTY       a device name or number

A muted party hears and counts, but is not heard; it can unmute itself (*6). Into a locked conference nobody else
comes, by no way; who is in it may leave, hold and resume.
`;

export async function conferenceCommand(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { data: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [verb = '', conference, party] = positionals;
  const wanted = verb.endsWith('lock') ? 2 : 3;
  const isKnown = CONTROL_VERBS.some((each) => each === verb) && positionals.length === wanted;
  if (values.help || !isKnown) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const directory = dataDirectoryOf(values.data);
  const answer = await askAdmin(directory, 'POST', '/conference', { verb, conference, party });
  if (answer?.status === 200) {
    process.stdout.write(`${positionals.join(' ')}: done\n`);
    return;
  }
  const { error = 'refused' } = (answer?.body ?? {}) as { readonly error?: string };
  const why = answer ? error : `No call manager runs on ${directory}. Start one: npm start`;
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
}
