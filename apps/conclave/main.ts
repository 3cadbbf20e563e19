/** The command line of Conclave. Each command loads only what it needs. */
import { EXIT_UNUSABLE } from './child.ts';

const HELP = `conclave COMMAND [OPTION ...]

  start        run the call manager, its bridges and its music on this machine
  demo         play the story of a conference that gains and loses its lock
  status       what is registered, which calls and conferences there are, and why
  why          why each conference and call has its level, and why something was refused
  alarms       the latest alarms
  doctor       find common mistakes of an installation
  verify       whether the security timelines of conferences are as they were written
  config       export, check and import the configuration as YAML
  backup       write everything that lasts to one file
  restore      make a data directory of such a file
  user         who may administer, over the API
  conference   take parties out of a conference, mute them, or let nobody else in
  capture      tell that a packet capture runs on a device, or has ended
  announcement tell that an announcement is played to a phone, or has ended
  scenario     play a scenario in simulation or with real processes
  whatif       try steps on a copy of the running system; find the change that would encrypt
  certificate  make certificates for phones, bridges and music servers with the private CA
  phone        run scripted or interactive SCCP phones
  bridge       run one conference bridge
  music        run one music-on-hold server
  callmanager  run the call manager alone

Each command explains itself with --help. The data directory is --data DIR, else CONCLAVE_DATA,
else data in the current directory.
`;

const COMMANDS: Readonly<Record<string, (argv: readonly string[]) => Promise<void>>> = {
  start: async (argv) => (await import('./start-command.ts')).startCommand(argv),
  demo: async (argv) => (await import('./demo.ts')).demoCommand(argv),
  status: async (argv) => (await import('./status.ts')).statusCommand(argv),
  why: async (argv) => (await import('./why.ts')).whyCommand(argv),
  alarms: async (argv) => (await import('./status.ts')).alarmsCommand(argv),
  doctor: async (argv) => (await import('./doctor/command.ts')).doctorCommand(argv),
  verify: async (argv) => (await import('./verify.ts')).verifyCommand(argv),
  config: async (argv) => (await import('./config.ts')).configCommand(argv),
  backup: async (argv) => (await import('./backup.ts')).backupCommand('backup', argv),
  restore: async (argv) => (await import('./backup.ts')).backupCommand('restore', argv),
  user: async (argv) => (await import('./user.ts')).userCommand(argv),
  conference: async (argv) => (await import('./conference.ts')).conferenceCommand(argv),
  capture: async (argv) => (await import('./circumstance.ts')).circumstanceCommand('capture', argv),
  announcement: async (argv) =>
    (await import('./circumstance.ts')).circumstanceCommand('announcement', argv),
  scenario: async (argv) => (await import('./scenario.ts')).scenarioCommand(argv),
  whatif: async (argv) => (await import('./whatif.ts')).whatIfCommand(argv),
  certificate: async (argv) => (await import('./certificate.ts')).certificateCommand(argv),
  phone: async (argv) => (await import('@conclave/phone')).phoneCommand(argv),
  bridge: async (argv) => (await import('@conclave/bridge')).bridgeCommand(argv),
  music: async (argv) => (await import('@conclave/music')).musicCommand(argv),
  callmanager: async (argv) => (await import('@conclave/callmanager')).callManagerCommand(argv),
};

const [name = 'help', ...argv] = process.argv.slice(2);
const command = COMMANDS[name];

if (command) {
  try {
    await command(argv);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // What went wrong in the world is said in one line; what is wrong in us keeps its stack.
    if (code === undefined) throw error;
    process.stderr.write(`conclave ${name}: ${message}\n`);
    // Not by the exit code alone: what the command had begun would keep the process.
    process.exit(EXIT_UNUSABLE);
  }
} else {
  process.stdout.write(HELP);
  process.exitCode = ['help', '--help', '-h'].includes(name) ? 0 : 2;
}
