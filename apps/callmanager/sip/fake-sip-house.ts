/** For tests: a registrar with five configured devices, and requests of clients of several makes. */
import {
  answerChallenge,
  encodeText,
  type Flow,
  Headers,
  NO_BODY,
  type SipRequest,
  type SipTransport,
} from '@conclave/sip';
import { digestOf, type StoredPhone } from '@conclave/store';
import { type Decision, SipRegistrar } from './registrar.ts';
import type { SipRegistration } from './registrations.ts';
import { SipDevices } from './sip-devices.ts';

const REALM = 'conclave';
const URI = 'sip:pbx.example.org';
const START_MS = 1_700_000_000_000;

const ADA = phone('ADA', '3001', { standardClient: true, digest: digest('ada') });
const ALAN = phone('ALAN', '3002', {
  standardClient: true,
  securityMode: 'encrypted',
  digest: digest('alan'),
});
const GRACE = phone('SEP0000000000AA', '3003', { securityMode: 'encrypted' });
const HEDY = phone('SEP0000000000BB', '3004', {});
const CLAUDE = phone('SEP0000000000CC', '3005', {
  securityMode: 'authenticated',
  digest: digest('claude'),
});

export const PHONES: readonly StoredPhone[] = [ADA, ALAN, GRACE, HEDY, CLAUDE];

export interface Wish {
  readonly user?: string;
  readonly password?: string;
  readonly transport?: SipTransport;
  readonly flow?: string;
  readonly host?: string;
  readonly port?: number;
  readonly commonName?: string;
  readonly deviceName?: string | undefined;
  readonly instance?: string;
  /** `undefined` for none. */
  readonly contact?: string | undefined;
  readonly expires?: number | undefined;
  readonly callId?: string;
  readonly userAgent?: string;
  /** With the boundary `x`. */
  readonly body?: string;
  readonly sequence?: number;
  readonly isAnswered?: boolean;
}

export class House {
  nowMs = START_MS;
  readonly registrar: SipRegistrar;
  #wish: Wish = {};

  constructor(securityMode: 'mixed' | 'nonsecure' = 'mixed') {
    const devices = new SipDevices({ cluster: { id: 'C', securityMode }, phones: PHONES });
    this.registrar = new SipRegistrar({ devices: () => devices, sealKey: new Uint8Array(32) });
  }

  of(device: string): SipRegistration | undefined {
    return this.registrar.registrations.of(device);
  }

  /** Without credentials. */
  register(user: string, wish: Wish = {}): Decision {
    return this.take(this.#request('REGISTER', user, wish));
  }

  /** Challenged, and answered. */
  withDigest(user: string, wish: Wish = {}): Decision {
    return this.take(this.answered(user, wish));
  }

  answered(user: string, wish: Wish = {}, method = 'REGISTER'): SipRequest {
    const { password = user } = wish;
    // The registrar itself would remember who asks.
    const request = this.#request(method, user, wish);
    const nobody = this.#request('REGISTER', 'somebody', { host: '203.0.113.1', callId: 'c' });
    const asked = this.registrar.register(
      nobody,
      { flow: flowOf({ host: '203.0.113.1' }) },
      this.nowMs,
    );
    const { headers = [] } = asked.reply;
    const secret = digestOf({ user, realm: REALM, password });
    const given = { secret, clientNonce: 'c' };
    const answer = answerChallenge(
      { type: 'response', status: 401, reason: '', headers: Headers.of(headers), body: NO_BODY },
      request,
      given,
    );
    if (!answer) throw new Error('the challenge is answered');
    return { ...request, headers: request.headers.append(answer.name, answer.value) };
  }

  take(request: SipRequest): Decision {
    const { commonName } = this.#wish;
    return this.registrar.register(request, { flow: flowOf(this.#wish), commonName }, this.nowMs);
  }

  identify(user: string, wish: Wish): string | number {
    const request = wish.isAnswered
      ? this.answered(user, wish, 'INVITE')
      : this.#request('INVITE', user, wish);
    const found = this.registrar.identify(request, { flow: flowOf(wish) }, this.nowMs);
    if (found.type === 'unknown') return 'unknown';
    return found.type === 'registered' ? found.registration.device : found.decision.status;
  }

  #request(method: string, user: string, wish: Wish): SipRequest {
    if (wish.host !== '203.0.113.1') this.#wish = wish;
    const { callId = `${user}-boot`, sequence = 1, deviceName, instance } = wish;
    const { expires = 'expires' in wish ? undefined : 300 } = wish;
    const plain = 'contact' in wish ? wish.contact : 'sip:ada@192.0.2.9:5060';
    const bracketed = plain === undefined || /[<*]/.test(plain) ? plain : `<${plain}>`;
    const extras = [
      ...(deviceName === undefined ? [] : [`;+u.sip!devicename.ccm.cisco.com="${deviceName}"`]),
      ...(instance === undefined ? [] : [`;+sip.instance="${instance}"`]),
    ].join('');
    return {
      type: 'request',
      method,
      uri: URI,
      headers: Headers.of([
        ['Via', 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx'],
        ['From', `<sip:${user}@pbx.example.org>;tag=f`],
        ['To', `<sip:${wish.user ?? user}@pbx.example.org>`],
        ['Call-ID', callId],
        ['CSeq', `${sequence} ${method}`],
        ['Allow', 'INVITE, UPDATE'],
        ['Supported', 'path, outbound'],
        ['User-Agent', wish.userAgent ?? 'test'],
        ...(bracketed === undefined ? [] : [['Contact', `${bracketed}${extras}`] as const]),
        ...(expires === undefined ? [] : [['Expires', String(expires)] as const]),
        ...(wish.body === undefined
          ? []
          : [['Content-Type', 'multipart/mixed;boundary=x'] as const]),
      ]),
      body: wish.body === undefined ? NO_BODY : encodeText(wish.body),
    };
  }
}

function flowOf({ transport = 'udp', host = '192.0.2.9', port = 5060, flow }: Wish): Flow {
  return {
    id: flow ?? `${transport}:${host}:${port}`,
    transport,
    remote: { host, port },
    local: { host: '192.0.2.1', port: 5060 },
  };
}

export function field({ reply }: Decision, name: string): string | undefined {
  return reply.headers?.find(([each]) => each === name)?.[1];
}

function phone(name: string, number: string, own: Partial<StoredPhone>): StoredPhone {
  const line = { partition: '', displayName: '', label: '' };
  const numbers = name.endsWith('BB') ? [number, '3006'] : [number];
  return {
    name,
    model: '8845',
    firmware: '',
    protocol: 'SIP',
    securityMode: 'nonsecure',
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    lines: numbers.map((directoryNumber, at) => ({ ...line, index: at + 1, directoryNumber })),
    ...own,
  };
}

function digest(user: string): ReturnType<typeof digestOf> {
  return digestOf({ user, realm: REALM, password: user });
}
