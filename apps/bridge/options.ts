/** The command line of `conclave bridge`, as options of a bridge. */
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import {
  integerOption,
  LANGUAGES,
  type Language,
  OptionError,
  STATION_OPTIONS,
  stationOf,
} from '@conclave/resource';
import { CONFERENCE_PARTIES_MAX } from '@conclave/sccp';
import type { BridgeOptions } from './bridge.ts';
import {
  CODECS,
  capacityOf,
  MODULE_NAMES,
  type ModuleCodec,
  sessionsOf,
} from './module-capacity.ts';

export const HELP: string = `conclave bridge --name NAME --mode encrypted|nonsecure [OPTION ...]

  --name NAME          the name under which the call manager knows the bridge; at most 15 characters
  --mode MODE          encrypted (SCCP over TLS, media by SRTP) or nonsecure
  --host HOST          call manager (127.0.0.1)
  --port N             its SCCP port (2443 encrypted, 2000 nonsecure)
  --certificate FILE   our certificate, PEM (encrypted)
  --key FILE           its key, PEM (encrypted)
  --trust DIR|FILE     certificates that may have issued the call manager's (encrypted)
  --media-address A    local address for audio (that of the signalling connection)
  --sessions N         conferences of the module without security; half when encrypted (16)
  --module NAME        a DSP module, for its number of sessions: ${MODULE_NAMES.join(', ')}
  --codecs LIST        codecs that its profile enables, such as g711,g729; the heaviest counts (g711)
  --parties N          parties of one conference, at most ${CONFERENCE_PARTIES_MAX} (32)
  --language L         of announcements: ${LANGUAGES.join(', ')} (en)
  --workers N          media threads, each on a processor of its own (1)
  --version N          highest SCCP version, 3 to 22 (20)
  --json               events and, every five seconds, counters as JSON lines
  --exit-with-parent   end when the process that started us is gone
`;

/** More than a machine mixes by far; what is past it is a typing error. */
const SESSIONS_MAX = 4096;

/** More threads than processors only get in each other's way. */
const WORKERS_MAX = 64;

export interface CommandLine {
  readonly bridge: Omit<BridgeOptions, 'onEvent'>;
  readonly json: boolean;
  readonly exitWithParent: boolean;
}

/**
 * The options, or undefined when help was asked for. Throws an Error with a `code` for options that
 * make no sense and for files that cannot be used.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine | undefined {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS, strict: true });
  if (values.help) return undefined;
  const station = stationOf(values);
  const sessions = sessionsFrom(values);
  if (capacityOf(sessions, station.tls !== undefined) === 0) {
    throw new OptionError(
      '--sessions is at least 2 for an encrypted bridge, which has half of them',
    );
  }
  const mediaAddress = values['media-address'];
  if (mediaAddress !== undefined && isIP(mediaAddress) === 0) {
    throw new OptionError('--media-address is no IP address');
  }
  const parties = integerOption('parties', values.parties, { min: 1, max: CONFERENCE_PARTIES_MAX });
  const workers = integerOption('workers', values.workers, { min: 1, max: WORKERS_MAX });
  return {
    json: values.json,
    exitWithParent: values['exit-with-parent'],
    bridge: {
      ...station,
      sessions,
      wideband: values.module === undefined || enabledCodecs(values).includes('g722'),
      parties,
      language: languageFrom(values.language),
      workers,
      ...(mediaAddress !== undefined && { mediaAddress }),
    },
  };
}

const OPTIONS = {
  ...STATION_OPTIONS,
  'media-address': { type: 'string' },
  sessions: { type: 'string' },
  module: { type: 'string' },
  codecs: { type: 'string' },
  parties: { type: 'string', default: '32' },
  language: { type: 'string', default: 'en' },
  workers: { type: 'string', default: '1' },
} as const;

/** Said outright, or what the module has for its codecs (BRG-08). */
function sessionsFrom(values: {
  readonly sessions?: string | undefined;
  readonly module?: string | undefined;
  readonly codecs?: string | undefined;
}): number {
  const { sessions, module, codecs } = values;
  if (module === undefined) {
    if (codecs !== undefined) throw new OptionError('--codecs is said of a --module');
    return integerOption('sessions', sessions ?? '16', { min: 1, max: SESSIONS_MAX });
  }
  if (sessions !== undefined) throw new OptionError('say --sessions or --module, not both');
  const found = sessionsOf(module, enabledCodecs({ codecs }));
  if (found === undefined) throw new OptionError(`--module is one of ${MODULE_NAMES.join(', ')}`);
  return found;
}

function enabledCodecs(values: { readonly codecs?: string | undefined }): readonly ModuleCodec[] {
  const enabled = (values.codecs ?? 'g711').split(',');
  if (enabled.every(isCodec)) return enabled;
  throw new OptionError(`--codecs is a list of ${CODECS.join(', ')}`);
}

function languageFrom(name: string): Language {
  const language = LANGUAGES.find((each) => each === name);
  if (language) return language;
  throw new OptionError(`--language is one of ${LANGUAGES.join(', ')}`);
}

function isCodec(name: string): name is ModuleCodec {
  return (CODECS as readonly string[]).includes(name);
}
