/** Houses for tests of SIP: an SCCP phone, a secure bridge, and the clients that are asked for. */
import { configurationOf } from '@conclave/testkit';
import type { ClientSpec, SipClient } from './sip-client.ts';
import { SipHouse } from './sip-house.ts';

export const TLS = { transport: 'tls', signalling: 'tls-encrypted', isStandard: true } as const;

export function houseOf(...specs: readonly ClientSpec[]): {
  house: SipHouse;
  clients: SipClient[];
} {
  const configuration = configurationOf({
    phones: [
      ...specs.map(({ device, signalling, isTrunk, model, number }, index) => ({
        name: device,
        mode: signalling === 'clear' ? ('nonsecure' as const) : ('encrypted' as const),
        number: number ?? String(2001 + index),
        settings: {
          protocol: 'SIP' as const,
          model: model ?? 'Third-party SIP Device (Advanced)',
          ...(isTrunk && { kind: 'sip-trunk' as const, srtpAllowed: true, lines: [] }),
        },
      })),
      { name: 'SEP1', mode: 'encrypted' as const, number: '1001' },
    ],
    bridges: [{ name: 'CFB', secure: true }],
    parameters: { computeStatusForNonsecureMeetMe: true },
  });
  const house = new SipHouse({
    ...configuration,
    conferenceFactory: '8000',
    routes: [{ pattern: '9XXX', trunk: 'TRUNK' }],
  });
  const clients = specs.map((spec) => house.client(spec));
  house.happen({
    type: 'bridge-registered',
    registration: {
      name: 'CFB',
      secure: true,
      sinceMs: 0,
      address: '198.51.100.1',
      conferencesMax: 8,
      partiesMax: 32,
      streamsMax: 128,
      codecs: ['g722', 'pcmu', 'pcma'],
    },
  });
  house.happen({
    type: 'phone-registered',
    registration: {
      name: 'SEP1',
      signalling: 'tls-encrypted',
      sinceMs: 0,
      address: '198.51.100.2',
      codecs: ['pcmu', 'pcma'],
    },
  });
  return { house, clients };
}

export function two(a: Partial<ClientSpec> = {}, b: Partial<ClientSpec> = {}) {
  const { house, clients } = houseOf(
    { device: 'ADA', ...TLS, srtp: 'mandatory', ...a },
    { device: 'BOB', ...TLS, srtp: 'mandatory', ...b },
  );
  const [ada, bob] = clients as [SipClient, SipClient];
  return { house, ada, bob };
}

/** Of the only participant. */
export function partyAtBridge(house: SipHouse): number {
  const ends = [...house.state.connections.values()].flatMap(({ ends }) => ends);
  return ends.find(({ kind }) => kind === 'bridge')?.party ?? 0;
}

export function levelOf(house: SipHouse): string | undefined {
  return [...house.state.conferences.values()][0]?.level;
}
