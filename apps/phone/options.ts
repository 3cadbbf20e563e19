/** What a phone is, with the defaults of whatever is left away. */
import type { TlsIdentity } from '@conclave/net';
import { readIdentity, readTrust } from '@conclave/pki';
import { deviceTypeOf, type PhoneCodec, type PhoneIdentity } from '@conclave/sccp';
import { PhoneError } from './phone-error.ts';

export type SecurityMode = 'nonsecure' | 'authenticated' | 'encrypted';

export const PHONE_MODES: readonly SecurityMode[] = ['nonsecure', 'authenticated', 'encrypted'];

/** What a phone says into its microphone: a tone, samples over and over, or silence. */
export interface SoundOptions {
  readonly toneHz?: number;
  /** At most -3; -20. */
  readonly levelDbov?: number;
  /** At 8 kHz; without a tone. */
  readonly play?: Int16Array;
}

export interface PhoneOptions extends SoundOptions {
  /** Device name, such as `SEP000000001001`. */
  readonly name: string;
  /** `7961G`. */
  readonly model?: string;
  /** Firmware load name; `9.4(2)`. */
  readonly firmware?: string;
  /** `nonsecure`. The other two register over TLS. */
  readonly mode?: SecurityMode;
  /** Of the call manager: `127.0.0.1`. */
  readonly host?: string;
  /** 2443 for TLS, else 2000. */
  readonly port?: number;
  /** For the modes authenticated and encrypted: certificate, key and whom to trust, as PEM. */
  readonly tls?: TlsIdentity;
  /** The same as files, of which `trust` may be a folder. */
  readonly certificate?: string;
  readonly key?: string;
  readonly trust?: string;
  /** 20. */
  readonly protocolVersion?: number;
  /** Line buttons, unless the call manager says otherwise: 1. */
  readonly lines?: number;
  /** What is preferred: µ-law. G.722 is offered only where it is. */
  readonly codec?: PhoneCodec;
  /** Whether to keep what is heard, up to 30 minutes. */
  readonly record?: boolean;
  /** Own address for media; absent is the one that signalling uses. */
  readonly mediaAddress?: string;
  readonly autoAnswer?: boolean;
  /** Texts that go away by themselves stay until others come: for tools that keep time themselves. */
  readonly keepsTexts?: boolean;
  /** How long an action or a wait may take when it does not say: 5000. */
  readonly timeoutMs?: number;
}

/** Everything decided; TLS is there exactly when the mode wants it. */
export interface PhoneSettings {
  readonly identity: Omit<PhoneIdentity, 'address'>;
  readonly model: string;
  readonly mode: SecurityMode;
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsIdentity;
  readonly sound: SoundOptions;
  readonly record: boolean;
  readonly mediaAddress?: string;
  readonly autoAnswer: boolean;
  readonly keepsTexts: boolean;
  readonly timeoutMs: number;
}

const PORT_CLEAR = 2000;
const PORT_TLS = 2443;

/** The analysers know these; a phone cannot offer more than the header can carry. */
const VERSION_MIN = 3;
const VERSION_MAX = 22;

const NAME_LENGTH_MAX = 15;

const LINES_MAX = 42;

const G711: readonly PhoneCodec[] = ['pcmu', 'pcma'];

/** Throws a PhoneError that names the option. Reads the certificate files. */
export function settingsOf(options: PhoneOptions): PhoneSettings {
  const { name, mode = 'nonsecure', protocolVersion = 20, lines = 1 } = options;
  check(/^[\x21-\x7e]+$/.test(name) && name.length <= NAME_LENGTH_MAX, 'name', name);
  check(PHONE_MODES.includes(mode), 'mode', mode);
  check(isWhole(protocolVersion, VERSION_MIN, VERSION_MAX), 'protocolVersion', protocolVersion);
  check(isWhole(lines, 1, LINES_MAX), 'lines', lines);
  const secure = mode !== 'nonsecure';
  const port = options.port ?? (secure ? PORT_TLS : PORT_CLEAR);
  check(isWhole(port, 1, 65_535), 'port', port);
  const { toneHz, levelDbov, play, model = '7961G' } = options;
  return {
    identity: {
      name,
      deviceType: deviceTypeOf(model),
      firmware: options.firmware ?? '9.4(2)',
      protocolVersion,
      lines,
      codecs: codecsOf(options.codec),
    },
    model,
    mode,
    host: options.host ?? '127.0.0.1',
    port,
    ...(secure && { tls: identityOf(options) }),
    sound: {
      ...(toneHz !== undefined && { toneHz }),
      ...(levelDbov !== undefined && { levelDbov }),
      ...(play && { play }),
    },
    record: options.record ?? false,
    ...(options.mediaAddress !== undefined && { mediaAddress: options.mediaAddress }),
    autoAnswer: options.autoAnswer ?? false,
    keepsTexts: options.keepsTexts ?? false,
    timeoutMs: options.timeoutMs ?? 5_000,
  };
}

function codecsOf(preferred: PhoneCodec = 'pcmu'): readonly PhoneCodec[] {
  return [preferred, ...G711.filter((codec) => codec !== preferred)];
}

function identityOf(options: PhoneOptions): TlsIdentity {
  if (options.tls) return options.tls;
  const { certificate, key, trust } = options;
  if (certificate === undefined || key === undefined || trust === undefined) {
    throw new PhoneError(
      'PHONE_OPTIONS',
      `${options.name}: the mode ${options.mode} needs a certificate, its key and whom to trust.`,
    );
  }
  return { ...readIdentity({ certificate, key }), trust: readTrust(trust) };
}

function check(holds: boolean, option: string, value: unknown): void {
  if (holds) return;
  throw new PhoneError('PHONE_OPTIONS', `${option} cannot be ${JSON.stringify(value)}.`);
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
