/**
 * What the SIP codec costs per message: a usual INVITE of some 1 kB with an offer, the answers to it,
 * a registration of an enterprise phone with parts.
 *
 *   npm run bench -- sip-message
 *
 * Method: rounds of 20 000 messages after as many for warming up; the median round is printed, how many
 * messages per second one core makes of it, and the ratio to a yardstick of the same run, which says more
 * than the time on another machine. Yardsticks: for parsing, the same INVITE as JSON (its lines, and
 * its body as text) by JSON.parse, which the engine does in C++; for formatting, JSON.stringify of it.
 * Both from and to bytes.
 */
import { checkRequest } from './check-request.ts';
import { callIdOf, cseqOf, tagOf, topViaOf } from './fields.ts';
import { formatMessage } from './format-message.ts';
import { Headers } from './headers.ts';
import { NO_BODY, type SipMessage, type SipRequest, type SipResponse } from './message.ts';
import { MessageReader } from './message-reader.ts';
import { formatMultipart, partsOf } from './multipart.ts';
import { parseMessage } from './parse-message.ts';
import { decodeText, encodeText, rawText } from './text.ts';

const MESSAGES_PER_ROUND = 20_000;
const ROUNDS = 15;

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

const invite: SipRequest = {
  type: 'request',
  method: 'INVITE',
  uri: 'sip:2001@conclave.example.org;transport=tls',
  headers: Headers.of([
    ['Via', 'SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bK-524287-1---7f1ac2d31a9f0f4e;rport'],
    ['Max-Forwards', '70'],
    ['Contact', '<sip:2000@192.0.2.10:5061;transport=tls>'],
    ['To', '<sip:2001@conclave.example.org>'],
    ['From', '"Ada Lovelace" <sip:2000@conclave.example.org>;tag=a73kszlfl'],
    ['Call-ID', '84721YzgyNDVhNmE4ZmU0MmY0ZjM4ZjQ5ZjA2ZjU1'],
    ['CSeq', '1 INVITE'],
    ['Allow', 'OPTIONS, REGISTER, INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, REFER, NOTIFY'],
    ['Supported', 'replaces, norefersub, 100rel, timer, from-change'],
    ['User-Agent', 'Softphone 6.1.9'],
    ['Content-Type', 'application/sdp'],
  ]),
  body: encodeText(OFFER),
};

const ok: SipResponse = {
  type: 'response',
  status: 200,
  reason: 'OK',
  headers: Headers.of([
    ...[...invite.headers].slice(0, 1).map(({ name, value }) => [name, value] as const),
    ['Contact', '<sip:2001@192.0.2.1:5061;transport=tls>'],
    ['To', '<sip:2001@conclave.example.org>;tag=8321234356'],
    ['From', '"Ada Lovelace" <sip:2000@conclave.example.org>;tag=a73kszlfl'],
    ['Call-ID', '84721YzgyNDVhNmE4ZmU0MmY0ZjM4ZjQ5ZjA2ZjU1'],
    ['CSeq', '1 INVITE'],
    ['Allow', 'OPTIONS, REGISTER, INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, REFER, NOTIFY'],
    ['Supported', 'replaces, timer'],
    ['Server', 'Conclave'],
  ]),
  body: NO_BODY,
};

const codes: SipResponse = {
  ...ok,
  headers: ok.headers.append('Remote-Party-ID', `"${rawText('\x804')}" <sip:b00@192.0.2.1>`),
};

const bytes = formatMessage(invite);
const answer = formatMessage(ok);
console.log(`INVITE: ${bytes.length} bytes, 200: ${answer.length} bytes`);

const json = encodeText(JSON.stringify(plain(invite)));
const reading = measure(() => JSON.parse(decodeText(json)));
const object = plain(invite);
const writing = measure(() => encodeText(JSON.stringify(object)));

report('JSON.parse of the INVITE', reading, reading);
report(
  'parse INVITE',
  measure(() => taken(bytes)),
  reading,
);
report(
  '  and Via, tags, Call-ID, CSeq',
  measure(() => {
    const message = taken(bytes);
    topViaOf(message);
    tagOf(message, 'From');
    tagOf(message, 'To');
    callIdOf(message);
    cseqOf(message);
  }),
  reading,
);
report(
  '  and all checks of a request',
  measure(() => {
    const message = taken(bytes);
    if (message.type === 'request') checkRequest(message);
  }),
  reading,
);
report(
  'parse 200',
  measure(() => taken(answer)),
  reading,
);
const withCodes = formatMessage(codes);
report(
  'parse 200 with a display code',
  measure(() => taken(withCodes)),
  reading,
);
const reader = new MessageReader();
report(
  'read INVITE from a stream',
  measure(() => reader.push(bytes)),
  reading,
);
const [first, second] = [bytes.subarray(0, 700), bytes.subarray(700)];
report(
  '  cut in two',
  measure(() => {
    reader.push(first);
    reader.push(second);
  }),
  reading,
);
report('JSON.stringify of the INVITE', writing, writing);
report(
  'format INVITE',
  measure(() => formatMessage(invite)),
  writing,
);
report(
  'format 200',
  measure(() => formatMessage(ok)),
  writing,
);
report(
  'format 200 with a display code',
  measure(() => formatMessage(codes)),
  writing,
);

const part = {
  headers: Headers.of([['Content-Type', 'application/x-cisco-remotecc-request+xml']]),
  body: new Uint8Array(400).fill(0x61),
};
const parts = formatMultipart([part, part], 'uniqueBoundary');
if (!parts.ok) throw new Error(parts.error);
const { contentType, body } = parts.value;
const whole = { headers: Headers.of([['Content-Type', contentType]]), body };
report(
  'two parts of 400 bytes apart',
  measure(() => partsOf(whole)),
  reading,
);

function taken(message: Uint8Array): SipMessage {
  const parsed = parseMessage(message);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.value;
}

function plain({ method, uri, headers, body }: SipRequest): object {
  return { method, uri, headers: [...headers], body: decodeText(body) };
}

/** Microseconds. */
function measure(run: () => unknown): number {
  const durationsMs: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const startMs = performance.now();
    for (let index = 0; index < MESSAGES_PER_ROUND; index++) run();
    if (round > 0) durationsMs.push(performance.now() - startMs);
  }
  const [medianMs = 0] = durationsMs.toSorted((a, b) => a - b).slice(ROUNDS >> 1);
  return (1000 * medianMs) / MESSAGES_PER_ROUND;
}

function report(name: string, costUs: number, yardstickUs: number): void {
  const rate = Math.round(1000 / costUs);
  const ratio = (costUs / yardstickUs).toFixed(2);
  console.log(
    `${name.padEnd(36)}${costUs.toFixed(2).padStart(8)} us${String(rate).padStart(8)} k/s${ratio.padStart(8)} x`,
  );
}
