/**
 * What must never be in a log: key material, by its name, by its type and by its look.
 *
 * It is not a filter for personal data. Bounds: nothing deeper than `DEPTH_MAX` and no collection
 * beyond `ENTRIES_MAX` is written out, so that a cyclic or huge object costs a fixed amount.
 */

const CENSORED = '[redacted]';

/** Logged facts are flat; anything deeper is a mistake and is cut. */
const DEPTH_MAX = 6;

/** Entries of one object or array; the rest is left out. */
const ENTRIES_MAX = 200;

/** Compared with the name in lower case without punctuation: `masterKey`, `srtp_salt`, `keyBase64`. */
const SECRET_NAME =
  /(?:key|salt|secret|password|passphrase|keyingmaterial)s?(?:hex|base64|b64|pem|der|bytes|text)?$/;

/** These end like secrets and are none. */
const HARMLESS_NAMES = new Set(['softkey', 'softkeys', 'publickey', 'publickeys']);

/** In JSON a line feed is the two characters `\n`, so a key in PEM form is one run of text. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----|[^"]*)/gs;

/** RFC 4568 §6.1: `inline:` and the base64 of key and salt. */
const SDES_KEY = /inline:[A-Za-z0-9+/=|:]{16,}/g;

/** A copy of `facts` without secrets. Errors become plain objects with type, message and stack. */
export function redact(facts: object): Record<string, unknown> {
  return entriesOf(facts, 0);
}

/** A finished log line without the secrets that hide in sentences. */
export function scrub(line: string): string {
  return line.replace(PRIVATE_KEY, CENSORED).replace(SDES_KEY, `inline:${CENSORED}`);
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (value instanceof ArrayBuffer) return `<${value.byteLength} bytes>`;
  if (value instanceof Date) return value;
  if (depth >= DEPTH_MAX) return '<deeper>';
  if (Array.isArray(value)) {
    return value.slice(0, ENTRIES_MAX).map((item) => plain(item, depth + 1));
  }
  return entriesOf(value, depth + 1);
}

function entriesOf(object: object, depth: number): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  if (object instanceof Error) {
    facts.type = object.name;
    facts.message = object.message;
    facts.stack = object.stack;
  }
  for (const [name, value] of Object.entries(object).slice(0, ENTRIES_MAX)) {
    if (value === undefined || typeof value === 'function') continue;
    facts[name] = isSecret(name) ? CENSORED : plain(value, depth);
  }
  return facts;
}

function isSecret(name: string): boolean {
  const word = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_NAME.test(word) && !HARMLESS_NAMES.has(word);
}
