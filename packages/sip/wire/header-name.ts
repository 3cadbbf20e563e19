/** Names of SIP header fields: compact forms and one spelling for each name. */

/** [rfc] RFC 3261 §7.3.3 and the RFCs that define the rest. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

/**
 * Names without a compact form that are usual, or whose spelling is not one capital a word. They are
 * found at once in this spelling and in small letters.
 */
const USUAL: readonly string[] = [
  ...['Call-ID', 'CSeq', 'WWW-Authenticate', 'MIME-Version', 'RAck', 'RSeq', 'SIP-ETag', 'Min-SE'],
  ...['SIP-If-Match', 'Content-ID', 'Session-ID', 'Remote-Party-ID', 'P-Called-Party-ID'],
  ...['Accept', 'Accept-Encoding', 'Accept-Language', 'Alert-Info', 'Allow', 'Authorization'],
  ...['Call-Info', 'Content-Disposition', 'Date', 'Diversion', 'Error-Info', 'Expires'],
  ...['In-Reply-To', 'Join', 'Max-Forwards', 'Min-Expires', 'Organization'],
  ...['P-Asserted-Identity', 'P-Preferred-Identity', 'Path', 'Priority', 'Privacy'],
  ...['Proxy-Authenticate', 'Proxy-Authorization', 'Proxy-Require', 'Reason', 'Record-Route'],
  ...['Recv-Info', 'Replaces', 'Reply-To', 'Require', 'Retry-After', 'Route'],
  ...['Send-Info', 'Server', 'Service-Route', 'Subscription-State', 'Target-Dialog', 'Timestamp'],
  ...['Unsupported', 'User-Agent', 'Warning'],
];

/** Fixed: names that peers invent are not remembered. */
const KNOWN: ReadonlyMap<string, string> = knownNames();

/** The long form of a name in its usual spelling: `v`, `VIA` and `via` give `Via`. */
export function canonicalName(name: string): string {
  return KNOWN.get(name) ?? KNOWN.get(name.toLowerCase()) ?? capitalised(name);
}

/** The canonical name if this spelling is a usual one; saves looking at its characters. */
export function usualName(name: string): string | undefined {
  return KNOWN.get(name);
}

function knownNames(): Map<string, string> {
  const known = new Map<string, string>();
  for (const name of [...USUAL, ...Object.values(COMPACT)]) {
    known.set(name, name);
    known.set(name.toLowerCase(), name);
  }
  for (const [letter, name] of Object.entries(COMPACT)) {
    known.set(letter, name);
    known.set(letter.toUpperCase(), name);
  }
  return known;
}

function capitalised(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
