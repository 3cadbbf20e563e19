/** `conclave start`: runs until Ctrl-C. */
import { parseArgs } from 'node:util';
import { dataDirectoryOf } from './settings.ts';
import { startSystem } from './start.ts';

const HELP = `conclave start [--data DIR]

Runs the call manager and the conference bridges and music-on-hold servers that DIR/conclave.yaml
names, until Ctrl-C.
`;

export async function startCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { data: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const system = startSystem({
    dataDirectory: dataDirectoryOf(values.data),
    print: (line) => process.stdout.write(`${line}\n`),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const stopped = Promise.withResolvers<void>();
  const stop = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    process.stdout.write('\nStopping ...\n');
    void system.stop().then(stopped.resolve, stopped.reject);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  await Promise.race([stopped.promise, failed(system.ready, system.stop)]);
  process.stdout.write('Stopped.\n');
}

/** Never ends while the system runs; a call manager that cannot start ends everything. */
async function failed(ready: Promise<unknown>, stop: () => Promise<void>): Promise<void> {
  try {
    await ready;
    await new Promise<never>(() => {});
  } catch {
    await stop();
    process.exitCode = 1;
  }
}
