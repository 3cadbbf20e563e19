/** The log: one JSON object a line (pino). Whatever is named like a key is blotted out. */
import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

const SECRETS = ['key', 'salt', 'masterKey', 'secret', 'password'];

/** `destination` defaults to standard error. */
export function createLog(name: string, level: LogLevel, destination?: DestinationStream): Log {
  return pino(
    {
      name,
      level,
      redact: { paths: SECRETS.flatMap((word) => [word, `*.${word}`, `*.*.${word}`]) },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
