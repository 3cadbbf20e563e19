/** The command line of `conclave music`, as options of a music server. */
import { parseArgs } from 'node:util';
import { integerOption, OptionError, STATION_OPTIONS, stationOf } from '@conclave/resource';
import type { MusicServerOptions } from './music-server.ts';

export const HELP: string = `conclave music --name NAME --mode encrypted|nonsecure --file FILE [OPTION ...]

  --name NAME          the name under which the call manager knows the server; at most 15 characters
  --mode MODE          encrypted (SCCP over TLS, media by SRTP where the listener can) or nonsecure
  --file FILE          WAV file to play: mono, 8 kHz, 16-bit PCM or G.711; made where there is none
  --host HOST          call manager (127.0.0.1)
  --port N             its SCCP port (2443 encrypted, 2000 nonsecure)
  --certificate FILE   our certificate, PEM (encrypted)
  --key FILE           its key, PEM (encrypted)
  --trust DIR|FILE     certificates that may have issued the call manager's (encrypted)
  --streams N          listeners at one time (100)
  --version N          highest SCCP version, 3 to 22 (20)
  --json               events as JSON lines
  --exit-with-parent   end when the process that started us is gone

The file may be replaced at any time; the new one is played to everybody a second or two later.
`;

/** More than a machine plays to; what is past it is a typing error. */
const STREAMS_MAX = 10_000;

const OPTIONS = {
  ...STATION_OPTIONS,
  file: { type: 'string' },
  streams: { type: 'string', default: '100' },
} as const;

export interface CommandLine {
  readonly server: Omit<MusicServerOptions, 'onEvent'>;
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
  const { file } = values;
  if (file === undefined || file === '') throw new OptionError('--file is missing');
  const streamsMax = integerOption('streams', values.streams, { min: 1, max: STREAMS_MAX });
  return {
    json: values.json,
    exitWithParent: values['exit-with-parent'],
    server: { ...station, file, streamsMax },
  };
}
