/**
 * What must hold for our SIP codec whatever bytes come: nothing throws; what was parsed is written so
 * that it parses the same; nothing in a value becomes a line of its own; where a stream is cut does
 * not matter, and what it holds stays bounded. Throws at what does not hold.
 */
import { deepStrictEqual, ok } from 'node:assert/strict';
import {
  addressesOf,
  BODY_BYTES_MAX,
  type BodyPart,
  callIdOf,
  checkRequest,
  contactsOf,
  contentTypeOf,
  cseqOf,
  decodeText,
  expiresOf,
  formatDialogInfo,
  formatMessage,
  formatNameAddress,
  formatUri,
  formatVia,
  fromOf,
  HEADER_BYTES_MAX,
  isSoundResponse,
  MessageReader,
  maxForwardsOf,
  namedDialogOf,
  parseAuthHeader,
  parseDialogInfo,
  parseMessage,
  parseNameAddress,
  parseRemotecc,
  parseTokenWithParameters,
  parseUri,
  parseVia,
  partsOf,
  phoneCallActionOf,
  type SipMessage,
  sameUri,
  splitList,
  tokensOf,
  toOf,
  viasOf,
} from '@conclave/sip';
import type { Prng } from '@conclave/testkit';

/** Levels of parts in parts that are looked into. */
const DEPTH = 4;

export function checkSipCodec(bytes: Uint8Array, chance: Prng): void {
  const parsed = parseMessage(bytes);
  if (parsed.ok) checkMessage(parsed.value, bytes.length);
  else if (parsed.refused) readFields(parsed.refused.request);
  checkStream(bytes, chance);
}

function checkMessage(message: SipMessage, sizeBytes: number): void {
  readFields(message);
  if (message.type === 'request') checkRequest(message);
  else isSoundResponse(message);
  readParts(message, DEPTH);
  const written = formatMessage(message);
  const again = parseMessage(written);
  // Long names and a Content-Length may lift what was just within a bound above it.
  if (!again.ok && again.error === 'header-too-large' && written.length > sizeBytes) return;
  ok(again.ok, `what was parsed is not parsed again: ${again.ok ? '' : again.detail}`);
  deepStrictEqual(comparable(again.value), comparable(message));
  const lines = message.headers.has('Content-Length') ? 0 : 1;
  ok(again.value.headers.size === message.headers.size + lines, 'a value became a header');
}

/** All but Content-Length, which is written anew. */
function comparable(message: SipMessage): object {
  const fields = [...message.headers].filter(({ name }) => name !== 'Content-Length');
  return { ...message, headers: fields, body: [...message.body] };
}

function readFields(message: SipMessage): void {
  for (const via of viasOf(message) ?? []) {
    const again = parseVia(formatVia(via));
    deepStrictEqual(again, { ok: true, value: via });
  }
  for (const address of [fromOf(message), toOf(message), ...(contactsOf(message) ?? [])]) {
    if (!address) continue;
    deepStrictEqual(parseNameAddress(formatNameAddress(address)), { ok: true, value: address });
  }
  if (message.type === 'request') readUri(message.uri);
  for (const name of ['Route', 'Record-Route', 'P-Asserted-Identity', 'Call-Info', 'Refer-To']) {
    addressesOf(message, name);
  }
  for (const name of ['Replaces', 'Join', 'Target-Dialog']) namedDialogOf(message, name);
  for (const name of ['Supported', 'Require', 'Allow', 'Accept', 'Warning'])
    tokensOf(message, name);
  for (const { value } of message.headers) {
    splitList(value);
    parseAuthHeader(value);
    parseTokenWithParameters(value);
  }
  phoneCallActionOf(message);
  callIdOf(message);
  cseqOf(message);
  contentTypeOf(message);
  expiresOf(message);
  maxForwardsOf(message);
}

function readUri(text: string): void {
  const uri = parseUri(text);
  if (!uri.ok) return;
  const again = parseUri(formatUri(uri.value));
  deepStrictEqual(again, uri);
  ok(sameUri(uri.value, uri.value), 'a URI is not the same as itself');
}

function readParts(whole: BodyPart, depth: number): void {
  const parts = partsOf(whole);
  parseRemotecc(whole);
  const dialogs = parseDialogInfo(decodeText(whole.body));
  if (dialogs.ok) deepStrictEqual(parseDialogInfo(formatDialogInfo(dialogs.value)), dialogs);
  if (!parts.ok || depth === 0) return;
  for (const part of parts.value) if (part !== whole) readParts(part, depth - 1);
}

function checkStream(bytes: Uint8Array, chance: Prng): void {
  const reader = new MessageReader();
  const expected = new MessageReader().push(bytes);
  const found: unknown[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = chance.pick([1, 7, 60, 1400, 16_384]) ?? 1;
    const chunk = bytes.subarray(at, at + size);
    for (const item of reader.push(chunk)) found.push(item);
    // Room doubles, so it may be about twice of what one message may have.
    const most = 2 * (HEADER_BYTES_MAX + BODY_BYTES_MAX) + 2 * size;
    ok(reader.heldBytes <= most, `the reader holds ${reader.heldBytes} bytes`);
    at += chunk.length;
  }
  deepStrictEqual(found, expected);
}
