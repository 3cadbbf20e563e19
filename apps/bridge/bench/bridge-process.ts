/** The bridge as it is run by people: a process of its own, which tells its state in JSON lines. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Child } from './child.ts';

const MAIN: string = join(
  dirname(fileURLToPath(import.meta.url)),
  ...['..', '..', 'conclave', 'main.ts'],
);

/** Since the start of the bridge; the last class has no upper bound. */
export interface Ticks {
  readonly lateness: readonly { readonly underMs?: number; readonly ticks: number }[];
  readonly skipped: number;
}

/** Without TLS: signalling is not what is looked at, and keys are given all the same. */
export function bridgeCommandLine(
  port: number,
  sessions: number,
  parties: number,
): readonly string[] {
  return [
    ...[process.execPath, MAIN, 'bridge', '--json', '--name', 'CFB000000000001'],
    ...['--mode', 'nonsecure', '--port', String(port)],
    ...['--sessions', String(sessions), '--parties', String(parties)],
  ];
}

/** Every five seconds, until the bridge ends. */
export function followTicks(child: Child, onTicks: (ticks: Ticks) => void): void {
  const follow = async (): Promise<void> => {
    for (;;) {
      const news = JSON.parse(await child.line()) as { event: string; ticks?: Ticks };
      if (news.event === 'status' && news.ticks) onTicks(news.ticks);
    }
  };
  follow().catch(() => {});
}
