/**
 * A house with lines for other people's clients: standard clients with TLS and SRTP (20xx), standard
 * clients without (21xx), and others that a test names, beside the SCCP phones of the sample.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Phone } from '@conclave/phone';
import { issueLeaf } from '@conclave/pki';
import {
  digestOf,
  SAMPLE_CONFIGURATION,
  type StoredConfiguration,
  type StoredPhone,
} from '@conclave/store';
import { freePorts } from '../../free-ports.ts';
import { House, type HouseOptions, until } from '../../system/house.ts';
import { Baresip, type BaresipOptions } from './baresip.ts';
import type { ClientOptions, ClientTransport, MediaSecurity } from './client-options.ts';
import { Bench, until as untilSeen } from './client-process.ts';
import { Linphone } from './linphone.ts';
import { responsesTo } from './sip-trace.ts';
import { SIPP_PORTS, Sipp, type SippOptions } from './sipp.ts';

const REALM = 'conclave';
export const FACTORY = '5900';

const LIST = 'MRGL-DEFAULT';
const HOST = '127.0.0.1';
const TRUNK = 'TO-OTHER';
const TRANSPORT_NAMES = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const;

const NUMBERS: readonly string[] = ['2001', '2002', '2003', '2101', '2102', '2103'];

/** What each plays, by its number; none is a tone of the sample's phones. */
const TONES: Readonly<Record<string, number>> = {
  '2001': 500,
  '2002': 700,
  '2003': 900,
  '2101': 1100,
  '2102': 1300,
  '2103': 1500,
  '8001': 900,
  '8101': 1500,
};

/** Of all who play: what may be heard at all. */
export const CANDIDATES_HZ: readonly number[] = [
  ...[400, 500, 600, 700, 800, 900, 1000],
  ...[1100, 1200, 1300, 1400, 1500, 1600, 1800],
];

export function toneOf(number: string): number {
  return TONES[number] ?? 0;
}

function passwordOf(number: string): string {
  return `secret-${number}`;
}

export interface ClientHouseOptions extends HouseOptions {
  /** Phones beside those of the sample and the standard clients. */
  readonly phones?: readonly StoredPhone[];
}

export class ClientHouse {
  readonly house: House;
  readonly bench: Bench = new Bench();
  readonly #desks: Phone[] = [];

  private constructor(house: House) {
    this.house = house;
  }

  static async open(options: ClientHouseOptions = {}): Promise<ClientHouse> {
    const { phones = [], configuration, parameters, ...rest } = options;
    return new ClientHouse(
      await House.open({
        ...rest,
        configuration: {
          ...configuration,
          cluster: { ...SAMPLE_CONFIGURATION.cluster, sipRealm: REALM },
          phones: [...SAMPLE_CONFIGURATION.phones, ...NUMBERS.map(standardClient), ...phones],
        },
        parameters: { 'Conference Factory Number': FACTORY, ...parameters },
      }),
    );
  }

  /** An SCCP phone of the sample. */
  async desk(number: string): Promise<Phone> {
    const desk = await this.house.phone(number);
    this.#desks.push(desk);
    return desk;
  }

  /** Registered, with TLS and SRTP or with neither, as its number says. Answers by itself. */
  async baresip(number: string, options: Partial<BaresipOptions> = {}): Promise<Baresip> {
    const client = await Baresip.start(this.bench, {
      ...this.#client(number, '127.0.0.1'),
      ...options,
    });
    await registered(client);
    return client;
  }

  async linphone(number: string, options: Partial<ClientOptions> = {}): Promise<Linphone> {
    // It finds no addresses in certificates, and baresip no names but in DNS.
    const client = await Linphone.start(this.bench, {
      ...this.#client(number, 'localhost'),
      ...options,
    });
    await registered(client);
    return client;
  }

  /** A sipp in the name of a line, with the certificate of its device: it knows no SHA-256. */
  async sipp(
    number: string,
    options: Omit<SippOptions, 'transport'>,
    device: string = clientName(number),
  ): Promise<Sipp> {
    const { manager, keys } = this.house;
    await keys.ensureDevice('phones', device, new Date());
    const { certificate, key, trust } = keys.readDevice('phones', device);
    return await Sipp.start(this.bench, {
      transport: 'tls',
      serverPort: manager.sipTlsPort,
      tls: { certificate, key, trust: trust.join('\n') },
      user: number,
      ...options,
    });
  }

  /** A sipp that 8XXX leads to, over a trunk of its transport, with a certificate for its address. */
  async otherSystem(options: SippOptions): Promise<Sipp> {
    const { keys, data } = this.house;
    const authority = {
      certificate: readFileSync(join(data, 'pki', 'ca', 'ca.pem'), 'utf8'),
      key: readFileSync(join(data, 'pki', 'ca', 'ca.key'), 'utf8'),
    };
    const leaf = await issueLeaf(authority, {
      commonName: 'other',
      alternativeNames: [HOST],
      notBefore: new Date(),
    });
    const trust = keys.readCallManager().trust.join('\n');
    const other = await Sipp.start(this.bench, {
      ...(options.transport === 'tls' && { tls: { ...leaf, trust } }),
      ...options,
    });
    await this.trunkTo(other.port, options.transport);
    return other;
  }

  /** A call from where 8XXX leads. */
  async callFromOtherSystem(options: SippOptions): Promise<Sipp> {
    const ownPort = await freePorts(SIPP_PORTS);
    await this.trunkTo(ownPort, options.transport);
    return await Sipp.start(this.bench, {
      serverPort: this.house.manager.sipPort,
      ownPort,
      ...options,
    });
  }

  /** 8XXX leads over a trunk to this port. */
  async trunkTo(port: number, transport: ClientTransport): Promise<void> {
    await this.reconfigure((before) => ({
      ...before,
      sipTrunks: [
        {
          name: TRUNK,
          description: '',
          devicePool: 'Default',
          location: 'Hub_None',
          destinations: [{ host: HOST, port }],
          transport: TRANSPORT_NAMES[transport],
          srtpAllowed: transport === 'tls',
          trustSecurityStatus: false,
          onNet: true,
        },
      ],
      routes: [{ pattern: '8XXX', partition: '', description: '', trunk: TRUNK }],
    }));
  }

  /** Takes over another configuration. */
  async reconfigure(change: (before: StoredConfiguration) => StoredConfiguration): Promise<void> {
    const { store } = this.house.manager;
    const before = await store.readConfiguration();
    if (before) await store.writeConfiguration(change(before));
    await this.house.manager.reload();
  }

  /** Ends all clients and phones. Every call must end by that. */
  async rest(): Promise<void> {
    const { engine } = this.house.manager;
    await this.bench.stopAll();
    const desks = this.#desks.splice(0);
    for (const desk of desks) await desk.stop();
    await until(() => !desks.some(({ name }) => engine.state.phones.has(name)), 'phones to go');
    await until(() => engine.state.legs.size === 0, 'the end of all calls');
  }

  async close(): Promise<void> {
    await this.bench.close();
    // Over UDP nobody says goodbye.
    await this.house.manager.store.writeConfiguration(SAMPLE_CONFIGURATION);
    await this.house.manager.reload();
    await this.house.close();
  }

  #client(number: string, host: string): ClientOptions {
    const isSecure = isSecureNumber(number);
    const media: MediaSecurity = isSecure ? 'mandatory' : 'none';
    const { sipPort, sipTlsPort } = this.house.manager;
    return {
      user: number,
      displayName: nameOf(number),
      transport: isSecure ? 'tls' : 'udp',
      media,
      toneHz: toneOf(number),
      autoAnswer: true,
      registrar: {
        host,
        port: isSecure ? sipTlsPort : sipPort,
        password: passwordOf(number),
      },
      tls: { trust: this.house.keys.readCallManager().trust.join('\n') },
    };
  }
}

async function registered(client: Baresip | Linphone): Promise<void> {
  await untilSeen(
    () => responsesTo(client.trace, 'REGISTER', 'received').some(({ status }) => status === 200),
    'the registration',
    () => client.output,
  );
}

function clientName(number: string): string {
  return `CLIENT-${number}`;
}

export function nameOf(number: string): string {
  return `Client ${number}`;
}

/** The second digit says it: 0 for yes. */
function isSecureNumber(number: string): boolean {
  return number[1] === '0';
}

export function standardClient(number: string): StoredPhone {
  return {
    ...sipPhone(clientName(number), number),
    securityMode: isSecureNumber(number) ? 'encrypted' : 'nonsecure',
    model: 'Third-party SIP',
    standardClient: true,
    digest: digestOf({ user: number, realm: REALM, password: passwordOf(number) }),
  };
}

/** An encrypted enterprise phone. */
export function sipPhone(name: string, number: string): StoredPhone {
  const line = { index: 1, directoryNumber: number, partition: '', label: '' };
  return {
    name,
    model: '8861',
    firmware: '12.5(1)',
    protocol: 'SIP',
    securityMode: 'encrypted',
    description: nameOf(number),
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    mediaResourceList: LIST,
    lines: [{ ...line, displayName: nameOf(number) }],
  };
}
