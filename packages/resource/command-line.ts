/** The words that the command lines of all media resources share. */
import type { TlsIdentity } from '@conclave/net';
import { readIdentity, readTrust } from '@conclave/pki';

const PORT_MAX = 65_535;

const VERSION_MIN = 3;
const VERSION_MAX = 22;

/** The wire has 16 bytes for the name and its NUL. */
const NAME = /^[\x21-\x7e]{1,15}$/;

/** What was typed makes no sense; the message says what. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
  readonly code = 'BAD_OPTION';
}

/** How a media resource reaches its call manager, and as whom. */
export interface Station {
  /** At most 15 characters: the name under which the call manager knows it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Present for an encrypted one. */
  readonly tls?: TlsIdentity;
  /** The highest SCCP version to offer. */
  readonly protocolVersion: number;
}

/** For `parseArgs`. */
export const STATION_OPTIONS = {
  name: { type: 'string' },
  mode: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  trust: { type: 'string' },
  version: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
  'exit-with-parent': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** What `parseArgs` finds of them. */
export interface StationWords {
  readonly name?: string | undefined;
  readonly mode?: string | undefined;
  readonly host: string;
  readonly port?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly trust?: string | undefined;
  readonly version: string;
}

/** Throws an Error with a `code` for words that make no sense and files that cannot be used. */
export function stationOf(words: StationWords): Station {
  const { name, mode } = words;
  if (name === undefined || !NAME.test(name)) {
    throw new OptionError('--name is missing or no name of at most 15 characters');
  }
  if (mode !== 'encrypted' && mode !== 'nonsecure') {
    throw new OptionError('--mode is encrypted or nonsecure');
  }
  const isEncrypted = mode === 'encrypted';
  const port = words.port ?? (isEncrypted ? '2443' : '2000');
  return {
    name,
    host: words.host,
    port: integerOption('port', port, { min: 1, max: PORT_MAX }),
    protocolVersion: integerOption('version', words.version, {
      min: VERSION_MIN,
      max: VERSION_MAX,
    }),
    ...(isEncrypted && { tls: readTls(words) }),
  };
}

/** Throws an OptionError when it is none or out of range. */
export function integerOption(
  name: string,
  text: string,
  range: { readonly min: number; readonly max: number },
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new OptionError(`--${name} is a number from ${range.min} to ${range.max}`);
}

function readTls({ certificate, key, trust }: StationWords): TlsIdentity {
  if (certificate === undefined || key === undefined || trust === undefined) {
    throw new OptionError('--mode encrypted needs --certificate, --key and --trust');
  }
  const trusted = readTrust(trust);
  if (trusted.length === 0) throw new OptionError(`--trust ${trust} has no certificate`);
  return { ...readIdentity({ certificate, key }), trust: trusted };
}
