/**
 * How long it takes until every phone shows the new icon: from the key that lets a weaker party join,
 * and from the key with which it leaves. Call manager, bridge and phones are real processes' code on
 * real sockets, here in one process.
 *
 *   node apps/conclave/icon.bench.ts [PARTIES] [ROUNDS]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askAdmin } from '@conclave/callmanager';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { SAMPLE_CONFIGURATION, type StoredConfiguration } from '@conclave/store';
import { startSystem } from './start.ts';

const [, , first = '10', second = '20'] = process.argv;
await bench(Number(first), Number(second));

async function bench(parties: number, rounds: number): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'conclave-bench-'));
  process.env.CM_HOST = '127.0.0.1';
  process.env.CM_SCCP_PORT = '0';
  process.env.CM_SCCP_TLS_PORT = '0';
  process.env.CM_SIP_PORT = '0';
  process.env.CM_API_PORT = '0';
  process.env.CM_SIP_TLS_PORT = '0';
  const began = performance.now();
  const system = startSystem({ dataDirectory, print: () => {} });
  const { sccpPort, sccpTlsPort } = await system.ready;
  process.stdout.write(`start to ready: ${Math.round(performance.now() - began)} ms\n`);
  await askAdmin(dataDirectory, 'POST', '/configuration', configurationOf(parties));
  const keys = new KeyStore(dataDirectory);
  const phones: Phone[] = [];
  for (let index = 0; index <= parties; index += 1) {
    const weak = index === parties;
    const name = nameOf(index);
    phones.push(
      await Phone.start({
        name,
        mode: weak ? 'nonsecure' : 'encrypted',
        host: '127.0.0.1',
        port: weak ? sccpPort : sccpTlsPort,
        ...(!weak && { tls: keys.readDevice('phones', name) }),
      }),
    );
  }
  const [host, ...rest] = phones;
  const weak = rest.pop();
  if (!host || !weak) return;
  for (const [index, guest] of rest.entries()) await add(host, guest, index + 1);
  const strong = [host, ...rest];
  const joins: number[] = [];
  const leaves: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await consult(host, weak, parties);
    joins.push(await timed(strong, 'call', () => host.press('Confrn')));
    await weak.waitFor(({ focus }) => focus?.otherName === 'Conference', 'the conference');
    leaves.push(await timed(strong, 'lock', () => weak.press('EndCall')));
  }
  report(`a nonsecure party joins ${parties} encrypted ones`, joins);
  report('it leaves again', leaves);
  for (const phone of phones) await phone.stop();
  await system.stop();
  rmSync(dataDirectory, { recursive: true });
}

/** Milliseconds until all of these show the icon. */
async function timed(
  phones: readonly Phone[],
  icon: 'lock' | 'call',
  press: () => Promise<void>,
): Promise<number> {
  const shown = phones.map(
    (phone) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (phone.icon !== icon) return;
          phone.off('screen', look);
          resolve();
        };
        phone.on('screen', look);
      }),
  );
  const began = performance.now();
  await press();
  await Promise.all(shown);
  return performance.now() - began;
}

async function add(host: Phone, guest: Phone, index: number): Promise<void> {
  if (index === 1) {
    host.offHook();
    await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
    host.dial(numberOf(1));
    await guest.press('Answer');
    await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    return;
  }
  await consult(host, guest, index);
  await host.press('Confrn');
  await guest.waitFor(
    ({ icon, focus }) => icon === 'lock' && focus?.otherName === 'Conference',
    'in',
  );
}

async function consult(host: Phone, guest: Phone, index: number): Promise<void> {
  await host.press('Confrn');
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial(numberOf(index));
  await guest.press('Answer');
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await host.waitFor(({ screen }) => screen.calls.size === 2, 'both calls');
}

function report(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  process.stdout.write(
    `${what}: all icons after ${median.toFixed(1)} ms (median), ` +
      `${(sorted.at(-1) ?? 0).toFixed(1)} ms (slowest of ${sorted.length})\n`,
  );
}

function nameOf(index: number): string {
  return `SEP${String(index).padStart(12, '0')}`;
}

function numberOf(index: number): string {
  return String(2000 + index);
}

function configurationOf(parties: number): StoredConfiguration {
  const [pattern] = SAMPLE_CONFIGURATION.phones;
  if (!pattern) throw new Error('the sample has a phone');
  return {
    ...SAMPLE_CONFIGURATION,
    serviceParameters: { 'Maximum Ad Hoc Conference': '32' },
    phones: Array.from({ length: parties + 1 }, (_, index) => ({
      ...pattern,
      name: nameOf(index),
      securityMode: index === parties ? 'nonsecure' : 'encrypted',
      lines: [
        {
          index: 1,
          directoryNumber: numberOf(index),
          partition: '',
          displayName: `Phone ${index}`,
          label: '',
        },
      ],
    })),
  };
}
