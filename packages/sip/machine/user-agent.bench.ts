/**
 * What one leg of a call costs the user agent, from bytes to bytes: INVITE with an offer in, 100, 180
 * and 200 with the answer out, ACK, BYE, and the end of every transaction. What an established session
 * keeps in memory.
 *
 *   npm run bench -- user-agent
 *
 * Method: 1 000 calls at a time go through each step together, in virtual time; only what the user agent
 * does is timed (parsing and formatting of its messages included, making the peer's is not). The
 * median of the rounds is printed, and its parts. Memory: heap in use after a full collection, with and
 * without 10 000 idle sessions whose transactions are over.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { formatMessage } from '../wire/format-message.ts';
import type { SipMessage } from '../wire/message.ts';
import { parseMessage } from '../wire/parse-message.ts';
import { encodeText } from '../wire/text.ts';
import type { Flow } from './flow.ts';
import { UserAgent } from './user-agent.ts';

const CALLS = 1_000;
const ROUNDS = 25;
const IDLE = 10_000;

const OFFER = [
  'v=0',
  'o=ada 2890844526 2890844526 IN IP4 192.0.2.10',
  's=-',
  'c=IN IP4 192.0.2.10',
  't=0 0',
  'm=audio 49172 RTP/SAVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj',
  'a=sendrecv',
  '',
].join('\r\n');
const ANSWER = encodeText(OFFER);

const PARTS = ['INVITE', '100', '180', '200', 'ACK', 'BYE', 'end'] as const;

/** Milliseconds that each part of a round took. */
type Costs = Map<string, number>;

class Bench {
  readonly agent: UserAgent;
  readonly #flow: Flow;
  #nowMs = 0;
  #calls = 0;
  #tokens = 0;

  constructor(transport: 'udp' | 'tls') {
    const [remote, local] = [
      { host: '192.0.2.10', port: 5061 },
      { host: '192.0.2.1', port: 5061 },
    ];
    this.#flow = { id: 'flow', transport, remote, local };
    this.agent = new UserAgent({
      token: () => `${(this.#tokens++).toString(36)}-f81d4fae7dec`,
      serverName: 'Conclave',
      allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'PRACK', 'INFO', 'REFER'],
      supported: ['100rel', 'timer', 'replaces', 'join'],
      allowEvents: ['conference', 'dialog', 'refer'],
      addressOf: () => ({
        sentBy: '192.0.2.1:5061',
        contact: 'sip:192.0.2.1:5061;transport=tls',
      }),
    });
  }

  /** Calls that are answered and acknowledged; gives what a BYE of each needs. */
  establish(count: number, costs: Costs): readonly (readonly [call: number, tag: string])[] {
    const calls = Array.from({ length: count }, () => this.#calls++);
    const sessions: number[] = [];
    const invites = calls.map((call) => this.#request(call, 'INVITE', '', OFFER));
    this.#timed(costs, 'INVITE', () => {
      for (const bytes of invites) this.#receive(bytes);
      for (const each of this.agent.take()) {
        if (each.type === 'incoming') sessions.push(each.session);
      }
    });
    this.#nowMs += 200;
    this.#timed(costs, '100', () => this.#clock());
    this.#timed(costs, '180', () => {
      for (const session of sessions) this.agent.ring(session, 180, {}, this.#nowMs);
      this.#send();
    });
    this.#nowMs += 2_000;
    const tags: string[] = [];
    const answered = this.#timed(costs, '200', () => {
      this.#clock();
      for (const session of sessions) this.agent.accept(session, { body: ANSWER }, this.#nowMs);
      return this.#send();
    });
    for (const { headers } of answered) tags.push(headers.get('To')?.split(';tag=')[1] ?? '');
    const acks = calls.map((call, at) => this.#request(call, 'ACK', tags[at] ?? '', ''));
    this.#timed(costs, 'ACK', () => {
      for (const bytes of acks) this.#receive(bytes);
      this.#send();
    });
    return calls.map((call, at) => [call, tags[at] ?? '']);
  }

  hangUp(calls: readonly (readonly [call: number, tag: string])[], costs: Costs): void {
    const byes = calls.map(([call, tag]) => this.#request(call, 'BYE', tag, ''));
    this.#timed(costs, 'BYE', () => {
      for (const bytes of byes) this.#receive(bytes);
      this.#send();
    });
  }

  /** Every transaction comes to its end. */
  settle(costs: Costs): void {
    this.#nowMs += 40_000;
    this.#timed(costs, 'end', () => this.#clock());
  }

  #timed<T>(costs: Costs, part: string, run: () => T): T {
    const startMs = performance.now();
    const result = run();
    costs.set(part, performance.now() - startMs);
    return result;
  }

  #receive(bytes: Uint8Array): void {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) throw new Error(parsed.detail);
    this.agent.receive(parsed.value, this.#flow, this.#nowMs);
  }

  #clock(): void {
    this.agent.clock(this.#nowMs);
    this.#send();
  }

  #send(): readonly SipMessage[] {
    const sent: SipMessage[] = [];
    for (const each of this.agent.take()) {
      if (each.type !== 'send') continue;
      formatMessage(each.message);
      sent.push(each.message);
    }
    return sent;
  }

  #request(call: number, method: string, tag: string, body: string): Uint8Array {
    const sequence = method === 'BYE' ? 2 : 1;
    const lines = [
      `${method} sip:2001@192.0.2.1:5061;transport=tls SIP/2.0`,
      `Via: SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bK-524287-${method}-${call};rport`,
      'Max-Forwards: 70',
      'Contact: <sip:2000@192.0.2.10:5061;transport=tls>',
      `To: <sip:2001@conclave.example.org>${tag === '' ? '' : `;tag=${tag}`}`,
      'From: "Ada Lovelace" <sip:2000@conclave.example.org>;tag=a73kszlfl',
      `Call-ID: 84721YzgyNDVhNmE4ZmU0MmY0ZjM4ZjQ5ZjA2-${call}`,
      `CSeq: ${sequence} ${method}`,
      'Allow: OPTIONS, REGISTER, INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, REFER, NOTIFY',
      'Supported: replaces, norefersub, 100rel, timer, from-change',
      'User-Agent: Softphone 6.1.9',
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${body.length}`,
    ];
    return encodeText(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }
}

for (const transport of ['udp', 'tls'] as const) {
  const bench = new Bench(transport);
  const rounds: Costs[] = [];
  for (let round = 0; round < ROUNDS + 5; round++) {
    const costs: Costs = new Map();
    bench.hangUp(bench.establish(CALLS, costs), costs);
    bench.settle(costs);
    if (round >= 5) rounds.push(costs);
  }
  if (!bench.agent.isEmpty) throw new Error('something is left over');
  const parts = PARTS.map(
    (part) => `${part} ${us(median(rounds.map((each) => each.get(part) ?? 0)))}`,
  );
  const whole = median(rounds.map((each) => [...each.values()].reduce((sum, ms) => sum + ms, 0)));
  console.log(`one leg of a call over ${transport}: ${us(whole)} us (${parts.join(', ')})`);
}

const bench = new Bench('tls');
const before = heapBytes();
const calls = bench.establish(IDLE, new Map());
bench.settle(new Map());
const perSession = (heapBytes() - before) / IDLE;
console.log(`heap of an idle session: ${Math.round(perSession)} bytes`);
bench.hangUp(calls, new Map());
bench.settle(new Map());
const left = (heapBytes() - before) / IDLE;
console.log(`  and after its end: ${Math.round(left)} bytes`);

function us(milliseconds: number): string {
  return ((1_000 * milliseconds) / CALLS).toFixed(1);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
