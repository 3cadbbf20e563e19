/** When the process of a media resource ends, and that it does. */

/** The goodbye has left by then, or nobody was there to take it. */
const EXIT_MS = 500;

/** Until somebody wants us to stop, or, if asked for, the process that started us is gone. */
export async function endAsked(withParent: boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = (): void => resolve();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
    if (!withParent) return;
    if (process.connected) {
      process.once('disconnect', stop);
      return;
    }
    process.stdin.once('end', stop).once('error', stop).resume();
  });
}

/** A connection that is being made, or a peer that does not close its half, does not hold us. */
export function endSoon(): void {
  setTimeout(() => process.exit(), EXIT_MS).unref();
  if (process.connected) process.disconnect?.();
}
