/**
 * What must be known before the database can be read: one commented YAML file in the data directory,
 * written on the first start, with every value open to an environment variable.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isLogLevel, LOG_LEVELS, type LogLevel } from '@conclave/telemetry';
import { parse } from 'yaml';

export interface BridgeSettings {
  readonly name: string;
  readonly mode: 'encrypted' | 'nonsecure';
  readonly sessions: number;
}

export interface MusicServerSettings {
  readonly name: string;
  readonly mode: 'encrypted' | 'nonsecure';
  /** Listeners at one time. */
  readonly streams: number;
  /** Absolute path of the WAV file to play. */
  readonly file: string;
}

export interface Settings {
  readonly dataDirectory: string;
  readonly host: string;
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
  readonly sipPort: number;
  readonly sipTlsPort: number;
  readonly apiPort: number;
  /** What the call manager logs, as JSON on standard error. */
  readonly logLevel: LogLevel;
  /** Bridges that run beside the call manager, as processes of their own. */
  readonly bridges: readonly BridgeSettings[];
  /** Music-on-hold servers, likewise. */
  readonly musicServers: readonly MusicServerSettings[];
}

/** Settings that cannot be used; the message names the file, the key and the rule. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'SETTINGS';
}

const TEMPLATE = `# Conclave: what is needed before the database can be read. Everything else is in the database.
# Each value can be overridden by the environment variable named beside it.

# Address to listen on; 0.0.0.0 is every IPv4 address of this machine.            CM_HOST
host: 0.0.0.0

# SCCP in clear text, for nonsecure devices.                                      CM_SCCP_PORT
sccpPort: 2000

# SCCP over mutual TLS, for authenticated and encrypted devices.                  CM_SCCP_TLS_PORT
sccpTlsPort: 2443

# SIP over UDP and TCP, for nonsecure devices.                                    CM_SIP_PORT
sipPort: 5060

# SIP over TLS, for authenticated and encrypted devices, and trunks.              CM_SIP_TLS_PORT
sipTlsPort: 5061

# Administration over HTTPS.                                                      CM_API_PORT
apiPort: 8443

# What the call manager logs, one JSON object a line, to standard error: debug, info, warn, error or
# silent. From info on, what becomes of every call is in it.                      CM_LOG_LEVEL
logLevel: silent

# Conference bridges to run on this machine, each as a process of its own. The name and the security
# mode must match the bridge in the database. Sessions count conferences of the nonsecure kind: a
# secure bridge has half of them.
bridges:
  - { name: CFB-SECURE, mode: encrypted, sessions: 16 }
  - { name: CFB-PLAIN, mode: nonsecure, sessions: 16 }

# Music-on-hold servers to run on this machine, likewise. The file is in the data directory, and made at
# the first start; put another one in its place at any time (WAV, mono, 8 kHz, 16-bit PCM or G.711).
musicServers:
  - { name: MOH-1, mode: encrypted, streams: 100, file: music/sample.wav }
`;

/** The data directory of this run: `--data`, else CONCLAVE_DATA, else `data` in the current directory. */
export function dataDirectoryOf(option: string | undefined): string {
  return resolve(option ?? process.env.CONCLAVE_DATA ?? 'data');
}

/** Reads the settings, writing the commented file first when there is none. */
export function readSettings(dataDirectory: string): Settings {
  const file = join(dataDirectory, 'conclave.yaml');
  if (!existsSync(file)) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(file, TEMPLATE);
  }
  const found = yamlOf(file);
  return {
    dataDirectory,
    host: process.env.CM_HOST ?? text(file, 'host', found.host, '0.0.0.0'),
    sccpPort: port(file, 'sccpPort', process.env.CM_SCCP_PORT ?? found.sccpPort, 2000),
    sccpTlsPort: port(file, 'sccpTlsPort', process.env.CM_SCCP_TLS_PORT ?? found.sccpTlsPort, 2443),
    sipPort: port(file, 'sipPort', process.env.CM_SIP_PORT ?? found.sipPort, 5060),
    sipTlsPort: port(file, 'sipTlsPort', process.env.CM_SIP_TLS_PORT ?? found.sipTlsPort, 5061),
    apiPort: port(file, 'apiPort', process.env.CM_API_PORT ?? found.apiPort, 8443),
    logLevel: logLevelOf(file, process.env.CM_LOG_LEVEL ?? found.logLevel),
    bridges: bridgesOf(file, found.bridges),
    musicServers: musicServersOf(file, found.musicServers, dataDirectory),
  };
}

function yamlOf(file: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = parse(readFileSync(file, 'utf8'));
    if (found === null || found === undefined) return {};
    if (typeof found === 'object' && !Array.isArray(found)) {
      return found as Record<string, unknown>;
    }
  } catch (error) {
    throw new SettingsError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new SettingsError(`${file}: expected keys and values.`);
}

function text(file: string, key: string, value: unknown, fallback: string): string {
  if (value === undefined) return fallback;
  if (typeof value === 'string' && value !== '') return value;
  throw new SettingsError(`${file}: ${key} must be a text.`);
}

function port(file: string, key: string, value: unknown, fallback: number): number {
  const number = value === undefined ? fallback : Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new SettingsError(`${file}: ${key} must be a port number (0 takes any free port).`);
}

function logLevelOf(file: string, value: unknown): LogLevel {
  const level = value ?? 'silent';
  if (typeof level === 'string' && isLogLevel(level)) return level;
  throw new SettingsError(`${file}: logLevel must be one of ${LOG_LEVELS.join(', ')}.`);
}

function bridgesOf(file: string, value: unknown): readonly BridgeSettings[] {
  return processesOf(file, 'bridges', value).map(({ name, mode, where, found }) => ({
    name,
    mode,
    sessions: count(`${where}.sessions`, found.sessions, 16),
  }));
}

function musicServersOf(
  file: string,
  value: unknown,
  dataDirectory: string,
): readonly MusicServerSettings[] {
  return processesOf(file, 'musicServers', value).map(({ name, mode, where, found }) => ({
    name,
    mode,
    streams: count(`${where}.streams`, found.streams, 100),
    file: resolve(dataDirectory, musicFile(where, found.file)),
  }));
}

function musicFile(where: string, value: unknown): string {
  if (value === undefined) return 'music/sample.wav';
  if (typeof value === 'string' && value !== '') return value;
  throw new SettingsError(`${where}.file must be a text.`);
}

/** A process of its own: what bridges and music servers have in common. */
interface ProcessSettings {
  readonly name: string;
  readonly mode: 'encrypted' | 'nonsecure';
  /** File and key, for complaints. */
  readonly where: string;
  readonly found: Readonly<Record<string, unknown>>;
}

function processesOf(file: string, key: string, value: unknown): readonly ProcessSettings[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new SettingsError(`${file}: ${key} must be a list.`);
  return value.map((each: unknown, index) => {
    const found = (each ?? {}) as Record<string, unknown>;
    const where = `${file}: ${key}[${index}]`;
    const { name, mode } = found;
    if (typeof name !== 'string' || name === '') {
      throw new SettingsError(`${where}.name must be a text.`);
    }
    if (mode !== 'encrypted' && mode !== 'nonsecure') {
      throw new SettingsError(`${where}.mode must be encrypted or nonsecure.`);
    }
    return { name, mode, where, found };
  });
}

function count(where: string, value: unknown, fallback: number): number {
  const number = value ?? fallback;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1) return number;
  throw new SettingsError(`${where} must be a whole number above 0.`);
}
