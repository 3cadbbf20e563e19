/** For tests: a SIP phone under virtual time, which is a user agent of its own. */
import type { Signalling, SrtpSuite } from '@conclave/core';
import { type AudioMedia, audioMediaOf, formatCrypto, parseDescription } from '@conclave/sdp';
import {
  decodeText,
  encodeText,
  type Flow,
  formatMessage,
  parseMessage,
  type SipMessage,
  type SipTransport,
  UserAgent,
  type UserAgentOutput,
} from '@conclave/sip';
import { SIP_ABILITIES } from '@conclave/testkit';
import type { SipHouse } from './sip-house.ts';

export interface ClientSpec {
  readonly device: string;
  readonly model?: string;
  /** Of its line; absent: 2001, 2002 ... */
  readonly number?: string;
  readonly transport: SipTransport;
  readonly isStandard?: boolean;
  readonly isTrunk?: boolean;
  readonly signalling: Signalling;
  readonly allow?: readonly string[];
  /** `mandatory`: RTP/SAVP; `offered`: RTP/AVP with keys (RFC 8643). */
  readonly srtp: 'none' | 'offered' | 'mandatory';
  readonly suites?: readonly SrtpSuite[];
  /** Makes a new key for each of its descriptions. */
  readonly rekeys?: boolean;
  /** Takes no other key than the first that it was given. */
  readonly keepsKeys?: boolean;
  /** Names in later descriptions only the codec that is in use. */
  readonly narrows?: boolean;
  /** What it offers instead of G.711 and key presses as 101: formats, and the attributes that go with them. */
  readonly audio?: { readonly formats: string; readonly attributes: readonly string[] };
}

const SERVER = { host: '192.0.2.1', port: 5060 };

/** A SIP phone under test control. It answers offers and questions by itself, calls when told. */
export class SipClient {
  readonly spec: ClientSpec;
  readonly flow: Flow;
  readonly agent: UserAgent;
  /** What it received, oldest first. */
  readonly received: SipMessage[] = [];
  readonly heard: UserAgentOutput[] = [];
  session = 0;
  /** What the server said last of the media. */
  remote: AudioMedia | undefined;
  direction: 'sendrecv' | 'sendonly' | 'inactive' = 'sendrecv';
  answersCalls = true;
  scheme: 'sip' | 'sips' = 'sip';
  readonly #house: SipHouse;
  #key = '';
  #version = 0;
  #body = '';

  constructor(house: SipHouse, spec: ClientSpec, number: number) {
    this.#house = house;
    this.spec = spec;
    const remote = { host: `192.0.2.${number}`, port: 5060 };
    // The flow as the server sees it; the client's own is the other way round.
    this.flow = { id: spec.device, transport: spec.transport, local: SERVER, remote };
    this.agent = new UserAgent({
      ...SIP_ABILITIES,
      ...(spec.allow && { allow: spec.allow }),
      serverName: 'client',
      token: () => `c${house.prng.between(0, 2 ** 31)}${house.prng.between(0, 2 ** 31)}`,
      addressOf: () => ({ sentBy: `${remote.host}:5060`, contact: `sip:${remote.host}:5060` }),
    });
  }

  get nowMs(): number {
    return this.#house.clock.nowMs();
  }

  /** The key that it sends with. */
  get sendKey(): string {
    return this.#key;
  }

  /** The key it receives with, as the server declared. */
  get receiveKey(): string | undefined {
    const [line] = this.remote?.crypto ?? [];
    return line && Buffer.concat([line.key, line.salt]).toString('base64');
  }

  call(
    number: string,
    withOffer = true,
    headers: readonly (readonly [string, string])[] = [],
  ): void {
    const target = `${this.scheme}:${number}@${SERVER.host}`;
    this.session = this.agent.invite(
      {
        uri: target,
        from: `<sip:${this.spec.device}@${SERVER.host}>`,
        to: `<${target}>`,
        headers,
        ...(withOffer && { body: this.describe() }),
      },
      { flow: this.ownFlow },
      this.nowMs,
    );
    this.pump();
  }

  reinvite(
    direction: SipClient['direction'],
    headers: readonly (readonly [string, string])[] = [],
  ): void {
    this.direction = direction;
    this.agent.reinvite(this.session, { headers, body: this.describe() }, this.nowMs);
    this.pump();
  }

  refer(to: string, session = this.session): void {
    this.agent.request(session, 'REFER', { headers: [['Refer-To', to]] }, this.nowMs);
    this.pump();
  }

  info(digit: string): void {
    const headers = [['Content-Type', 'application/dtmf-relay']] as const;
    const body = encodeText(`Signal=${digit}\r\nDuration=160\r\n`);
    this.agent.request(this.session, 'INFO', { headers, body }, this.nowMs);
    this.pump();
  }

  /** A key as an enterprise phone sends it: outside of the dialogs that it names from where it stands. */
  softkey(key: string, dialog: number, consultation?: number): void {
    const name = (tag: string, session: number): string => {
      const view = this.agent.session(session);
      return (
        `<${tag}><callid>${view?.callId}</callid><localtag>${view?.localTag}</localtag>` +
        `<remotetag>${view?.remoteTag}</remotetag></${tag}>`
      );
    };
    const second = consultation === undefined ? '' : name('consultdialogid', consultation);
    this.remotecc(
      `<softkeyeventmsg><softkeyevent>${key}</softkeyevent>${name('dialogid', dialog)}${second}</softkeyeventmsg>`,
    );
  }

  remotecc(content: string, data?: string): void {
    const request = `<x-cisco-remotecc-request>${content}</x-cisco-remotecc-request>`;
    const type = 'application/x-cisco-remotecc-request+xml';
    const whole =
      `--b\r\nContent-Type: ${type}\r\n\r\n${request}\r\n` +
      `--b\r\nContent-Type: application/x-cisco-remotecc-cm+xml\r\n\r\n${data}\r\n--b--\r\n`;
    const headers = [
      ['Refer-To', '<cid:1234@phone>'],
      ['Content-Type', data === undefined ? type : 'multipart/mixed;boundary=b'],
    ] as const;
    const body = encodeText(data === undefined ? request : whole);
    const uri = `sip:${SERVER.host}`;
    const from = `<sip:${this.spec.device}@${SERVER.host}>`;
    const message = { method: 'REFER', uri, from, to: `<${uri}>`, headers, body };
    this.agent.send(message, { flow: this.ownFlow }, this.nowMs);
    this.pump();
  }

  /** Bodies of the requests outside of dialogs that it was sent, of this method. */
  toldBy(method: string): readonly string[] {
    return this.received.flatMap((each) =>
      each.type === 'request' && each.method === method
        ? [Buffer.from(each.body).toString('latin1')]
        : [],
    );
  }

  /** To the conference that it is in. */
  subscribe(): void {
    const headers = [['Event', 'conference']] as const;
    this.agent.request(this.session, 'SUBSCRIBE', { headers }, this.nowMs);
    this.pump();
  }

  subscribeOutside(uri: string): void {
    const [from, to] = [`<sip:${this.spec.device}@${SERVER.host}>`, `<${uri}>`];
    const headers = [['Event', 'conference']] as const;
    this.agent.send(
      { method: 'SUBSCRIBE', uri, from, to, headers },
      { flow: this.ownFlow },
      this.nowMs,
    );
    this.pump();
  }

  /** The last roster that it was sent. */
  get roster(): string | undefined {
    const found = this.received.findLast(
      ({ headers }) => headers.get('Content-Type') === 'application/conference-info+xml',
    );
    return found && decodeText(found.body);
  }

  /** What it was told of its REFERs. */
  get sipfrags(): readonly string[] {
    return this.received
      .filter(({ headers }) => headers.get('Content-Type')?.startsWith('message/sipfrag'))
      .map(({ body }) => decodeText(body));
  }

  bye(): void {
    this.agent.bye(this.session, {}, this.nowMs);
    this.pump();
  }

  receive(message: SipMessage): void {
    this.received.push(message);
    this.agent.receive(message, this.ownFlow, this.nowMs);
    this.pump();
  }

  /** Status of the last response to an INVITE, with its headers. */
  get last(): SipMessage | undefined {
    return this.received.at(-1);
  }

  /** The level in the last Call-Info it was sent. */
  get security(): string | undefined {
    const value = this.received.findLast(({ headers }) => headers.has('Call-Info'));
    return /security= ?(\w+)/.exec(value?.headers.get('Call-Info') ?? '')?.[1];
  }

  /** The name it was shown last. */
  get shown(): string {
    const found = this.received.findLast(({ headers }) => headers.has('Remote-Party-ID'));
    return found?.headers.get('Remote-Party-ID')?.split('<')[0]?.trim() ?? '';
  }

  get isTalking(): boolean {
    return this.agent.session(this.session)?.phase === 'confirmed';
  }

  pump(): void {
    for (const output of this.agent.take()) this.#take(output);
    const { deadlineMs } = this.agent;
    if (deadlineMs < Infinity) {
      this.#house.clock.at(deadlineMs, () => {
        this.agent.clock(this.nowMs);
        for (const output of this.agent.take()) this.#take(output);
      });
    }
  }

  /** Its own description. */
  describe(): Uint8Array {
    const { srtp, suites = ['AES_CM_128_HMAC_SHA1_80'], narrows = false } = this.spec;
    const { formats, attributes } = this.spec.audio ?? {
      formats: `${narrows && this.#body !== '' ? '0' : '0 8'} 101`,
      attributes: ['a=rtpmap:101 telephone-event/8000'],
    };
    if (this.#key === '' || this.spec.rekeys) this.#key = this.#freshKey();
    const profile = srtp === 'mandatory' ? 'RTP/SAVP' : 'RTP/AVP';
    const keys =
      srtp === 'none' ? [] : suites.map((suite, index) => this.#crypto(suite, index + 1));
    const lines = [
      `m=audio ${4000} ${profile} ${formats}`,
      ...attributes,
      ...keys,
      `a=${this.direction}`,
    ].join('\r\n');
    if (lines !== this.#body) this.#version += 1;
    this.#body = lines;
    const { host } = this.flow.remote;
    const head = `v=0\r\no=- 1 ${this.#version} IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\n`;
    return encodeText(`${head}${lines}\r\n`);
  }

  get ownFlow(): Flow {
    return { ...this.flow, local: this.flow.remote, remote: this.flow.local };
  }

  #freshKey(): string {
    return Buffer.from(this.#house.prng.bytes(30)).toString('base64');
  }

  #crypto(suite: SrtpSuite, tag: number): string {
    const bytes = Buffer.from(this.#key, 'base64');
    const [key, salt] = [
      bytes.subarray(0, 16),
      bytes.subarray(16, suite.includes('GCM') ? 28 : 30),
    ];
    return `a=crypto:${formatCrypto({ tag, suite, key, salt })}`;
  }

  #take(output: UserAgentOutput): void {
    if (output.type === 'send') {
      const message = reread(output.message);
      this.#house.clock.after(1, () => this.#house.sip.receive(message, this.flow));
      return;
    }
    this.heard.push(output);
    const isRequest = output.type === 'session' && output.event.type === 'request';
    const asked = isRequest && output.event.type === 'request' ? output.event : output;
    if (asked.type === 'request') this.agent.respond(asked.transaction, 200, {}, this.nowMs);
    if (output.type === 'incoming') this.#ring(output.session);
    if (output.type === 'session') this.#session(output.session, output.event);
    for (const more of this.agent.take()) this.#take(more);
  }

  #ring(session: number): void {
    this.agent.ring(session, 180, {}, this.nowMs);
    if (!this.answersCalls) return;
    this.session = session;
    this.agent.accept(session, { body: this.describe() }, this.nowMs);
  }

  #session(session: number, event: Extract<UserAgentOutput, { type: 'session' }>['event']): void {
    switch (event.type) {
      case 'answered':
      case 'answer':
      case 'offered':
        this.remote = read(event.body);
        if (event.type === 'offered' || (event.type === 'answered' && event.role === 'offer')) {
          this.agent.answerOffer(session, this.describe(), {}, this.nowMs);
        }
        return;
      case 'offer-wanted':
        this.agent.answerOffer(session, this.describe(), {}, this.nowMs);
        return;
      default:
    }
  }
}

function read(body: Uint8Array): AudioMedia | undefined {
  const parsed = parseDescription(body);
  return parsed.ok ? audioMediaOf(parsed.value) : undefined;
}

/** As it comes off the wire. */
export function reread(message: SipMessage): SipMessage {
  const parsed = parseMessage(formatMessage(message));
  if (!parsed.ok) throw new Error(`it cannot be read again: ${String(formatMessage(message))}`);
  return parsed.value;
}
