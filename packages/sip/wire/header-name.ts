/** Names of SIP header fields: compact forms and one spelling for each name. */

/** [rfc] RFC 3261 §7.3.3 and the RFCs that define the rest. */
const COMPACT = new Map([
  ['a', 'Accept-Contact'],
  ['b', 'Referred-By'],
  ['c', 'Content-Type'],
  ['d', 'Request-Disposition'],
  ['e', 'Content-Encoding'],
  ['f', 'From'],
  ['i', 'Call-ID'],
  ['j', 'Reject-Contact'],
  ['k', 'Supported'],
  ['l', 'Content-Length'],
  ['m', 'Contact'],
  ['o', 'Event'],
  ['r', 'Refer-To'],
  ['s', 'Subject'],
  ['t', 'To'],
  ['u', 'Allow-Events'],
  ['v', 'Via'],
  ['x', 'Session-Expires'],
  ['y', 'Identity'],
]);

/** Spellings that capitals at hyphens do not give. */
const SPECIAL = new Map([
  ['call-id', 'Call-ID'],
  ['cseq', 'CSeq'],
  ['www-authenticate', 'WWW-Authenticate'],
  ['mime-version', 'MIME-Version'],
  ['rack', 'RAck'],
  ['rseq', 'RSeq'],
  ['sip-etag', 'SIP-ETag'],
  ['sip-if-match', 'SIP-If-Match'],
  ['content-id', 'Content-ID'],
  ['min-se', 'Min-SE'],
]);

/** Names seen before: the same few come with every message. Bounded, because peers choose names. */
const known = new Map<string, string>();
const KNOWN_MAX = 1_000;

/** The long form of a name in its usual spelling: `v`, `VIA` and `via` give `Via`. */
export function canonicalName(name: string): string {
  const found = known.get(name);
  if (found !== undefined) return found;
  const lower = name.toLowerCase();
  const canonical =
    COMPACT.get(lower) ??
    SPECIAL.get(lower) ??
    lower.replace(/(?:^|-)[a-z]/g, (letters) => letters.toUpperCase());
  if (known.size < KNOWN_MAX) known.set(name, canonical);
  return canonical;
}
