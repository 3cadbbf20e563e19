/** What a running system knows of itself, for people and, with --json, for programs. */
import { parseArgs } from 'node:util';
import { type AdminAnswer, askAdmin, type SystemReport } from '@conclave/callmanager';
import { dataDirectoryOf } from './settings.ts';
import { table } from './text-table.ts';

interface Alarm {
  readonly atMs: number;
  readonly severity: string;
  readonly name: string;
  readonly device?: string;
  readonly text: string;
}

const ICONS = { encrypted: 'lock', authenticated: 'shield', nonsecure: 'call', unknown: 'call' };

export async function statusCommand(argv: readonly string[]): Promise<void> {
  const asked = await ask(argv, '/status', 'conclave status [--data DIR] [--json]');
  if (!asked) return;
  const report = asked as SystemReport;
  const mode = report.cluster.mixedMode ? 'mixed mode' : 'nonsecure';
  process.stdout.write(`${report.cluster.id}, ${mode}\n\n`);
  process.stdout.write(
    table(
      ['device', 'kind', 'state', 'signalling', 'address'],
      report.devices.map((each) => [
        each.name,
        each.kind,
        each.registered ? 'registered' : '-',
        each.signalling ?? '',
        each.address ?? '',
      ]),
    ),
  );
  for (const call of report.calls) {
    const parties = call.parties.map((each) => each.number).join(' - ');
    process.stdout.write(`\ncall ${call.id}: ${parties} ${call.state}`);
    process.stdout.write(call.why ? `, ${call.why.level}: ${call.why.sentence}\n` : '\n');
  }
  printConferences(report);
  for (const line of aroundCalls(report)) process.stdout.write(`\n${line}\n`);
}

/** One line for each thing besides calls and conferences that is going on. */
function aroundCalls(report: SystemReport): readonly string[] {
  return [
    ...report.parked.map(({ number, by }) => `parked at ${number} by ${by.number} (${by.device})`),
    ...report.barges.map(({ device, on, level }) => `${device} has barged ${on}: ${level}`),
    ...report.sharedLines.map(
      ({ device, number, of, held }) =>
        `${device} shows line ${number} ${held ? 'on hold' : 'in use'} by ${of}`,
    ),
    ...report.captures.map(({ device }) => `packet capture on ${device}`),
    ...report.announcements.map(({ device }) => `announcement to ${device}`),
  ];
}

export async function alarmsCommand(argv: readonly string[]): Promise<void> {
  const alarms = await ask(argv, '/alarms', 'conclave alarms [--data DIR] [--json]');
  if (!Array.isArray(alarms)) return;
  process.stdout.write(
    table(
      ['time', 'severity', 'alarm', 'device', 'what'],
      (alarms as Alarm[]).map((alarm) => [
        new Date(alarm.atMs).toISOString(),
        alarm.severity,
        alarm.name,
        alarm.device ?? '',
        alarm.text,
      ]),
    ),
  );
}

/** One block a conference: who is in it, its level and why. */
export function printConferences(report: SystemReport): void {
  for (const conference of report.conferences) {
    const number = conference.number ? ` ${conference.number}` : '';
    process.stdout.write(
      `\n${conference.kind} conference${number} on ${conference.bridge}: ` +
        `${conference.why.level} (${ICONS[conference.level]})\n`,
    );
    process.stdout.write(
      table(
        ['party', 'device', 'level', 'media', 'state'],
        conference.parties.map((each) => [
          each.name || each.number,
          each.device,
          each.level,
          each.media.toUpperCase(),
          each.held ? 'held' : each.state,
        ]),
      ),
    );
    if (conference.links.length > 0) {
      process.stdout.write(`linked with conference ${conference.links.join(', ')}\n`);
    }
    process.stdout.write(`why: ${conference.why.sentence}\n`);
    for (const fix of conference.why.fixes) process.stdout.write(`fix: ${fix}\n`);
  }
}

/** The answer, or undefined when it was printed as JSON or nobody answered. */
export async function ask(argv: readonly string[], path: string, help: string): Promise<unknown> {
  const { values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { data: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(`${help}\n`);
    return undefined;
  }
  const dataDirectory = dataDirectoryOf(values.data);
  const answer: AdminAnswer | undefined = await askAdmin(dataDirectory, 'GET', path);
  if (!answer) {
    process.stderr.write(`No call manager runs on ${dataDirectory}. Start one: npm start\n`);
    process.exitCode = 1;
    return undefined;
  }
  if (!values.json) return answer.body;
  process.stdout.write(`${JSON.stringify(answer.body)}\n`);
  return undefined;
}
