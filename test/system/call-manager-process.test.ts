import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallManagerNews } from '@conclave/callmanager';
import { Phone } from '@conclave/phone';
import { expect, test } from 'vitest';

/*
 * Goal: a call manager process ends in order while devices are registered, whoever ends it. Method: the
 * real process, with a phone.
 */

const MAIN = fileURLToPath(new URL('../../apps/conclave/main.ts', import.meta.url));

test.each(['is asked to end', 'loses the process that started it'])(
  'a call manager that %s closes without an error',
  async (how) => {
    const data = mkdtempSync(join(tmpdir(), 'conclave-process-'));
    const words = ['callmanager', '--data', data, '--listen', '127.0.0.1'];
    const child = spawn(
      process.execPath,
      [
        ...[MAIN, ...words, '--sccp-port', '0', '--sccp-tls-port', '0'],
        ...['--sip-port', '0', '--sip-tls-port', '0', '--api-port', '0'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    );
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`it ended: ${said}`)));
      child.on('message', (message) => {
        const news = message as CallManagerNews;
        if (news.type === 'listening') resolve(news.sccpPort);
      });
    });
    const phone = await Phone.start({ name: 'SEP000000001005', port });
    if (how === 'is asked to end') child.kill('SIGTERM');
    else child.disconnect();
    expect(await ended).toBe(0);
    expect(said).toBe('');
    await phone.stop();
    rmSync(data, { recursive: true });
  },
);
