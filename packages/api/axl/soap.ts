/** The SOAP 1.1 envelope around AXL: what is asked in it, and what is answered. */
import { child, element, localName, type XmlElement, XmlError, xmlText } from './xml.ts';

export interface AxlRequest {
  /** Such as `listPhone`. */
  readonly operation: string;
  /** Of the schema, such as `14.0`: that of the namespace. */
  readonly version: string;
  /** The element of the operation. */
  readonly body: XmlElement;
}

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const SCHEMA = 'http://www.cisco.com/AXL/API/';

/** Those whose clients are answered. */
const VERSIONS: readonly string[] = [
  '10.0',
  '10.5',
  '11.0',
  '11.5',
  '12.0',
  '12.5',
  '14.0',
  '15.0',
];

const LATEST = '15.0';

/** Throws an XmlError when it is no envelope with one request of a version that there is. */
export function readRequest(document: XmlElement, soapAction: string): AxlRequest {
  const names = namespacesOf(document);
  if (localName(document) !== 'Envelope' || spaceOf(document, names) !== ENVELOPE) {
    throw new XmlError('This is no SOAP 1.1 envelope.');
  }
  const body = child(document, 'Body');
  const [request, second] = body?.children ?? [];
  if (!body || !request || second) throw new XmlError('The body of the envelope has one request.');
  const inner = { ...names, ...namespacesOf(body), ...namespacesOf(request) };
  const space = spaceOf(request, inner);
  const version = space.startsWith(SCHEMA)
    ? space.slice(SCHEMA.length).replace(/\/$/, '')
    : (/ver=(\d+\.\d+)/.exec(soapAction)?.[1] ?? LATEST);
  if (!VERSIONS.includes(version)) {
    throw new XmlError(`AXL version ${version} is not served; ${VERSIONS.join(', ')} are.`);
  }
  return { operation: localName(request), version, body: request };
}

export function answerText(
  { operation, version }: AxlRequest,
  result: readonly XmlElement[] | string,
): string {
  const name = `ns:${operation}Response`;
  const answer = element(name, [element('return', result)], { 'xmlns:ns': `${SCHEMA}${version}` });
  return enveloped(answer);
}

export function faultText(
  { axlCode, message }: { readonly axlCode: number; readonly message: string },
  { side, operation }: { readonly side: 'Client' | 'Server'; readonly operation: string },
): string {
  const detail = element('axlError', [
    element('axlcode', String(axlCode)),
    element('axlmessage', message),
    element('request', operation),
  ]);
  return enveloped(
    element('soapenv:Fault', [
      element('faultcode', `soapenv:${side}`),
      element('faultstring', message),
      element('detail', [detail]),
    ]),
  );
}

/** Whether an element is there without a value. */
export function isNil({ attributes, text, children }: XmlElement): boolean {
  const marked = Object.entries(attributes).some(
    ([name, value]) => /(^|:)nil$/.test(name) && ['true', '1'].includes(value),
  );
  return marked || (text === '' && children.length === 0);
}

function enveloped(content: XmlElement): string {
  const envelope = element('soapenv:Envelope', [element('soapenv:Body', [content])], {
    'xmlns:soapenv': ENVELOPE,
  });
  return `<?xml version="1.0" encoding="UTF-8"?>${xmlText(envelope)}`;
}

/** By prefix; the default one by an empty text. */
function namespacesOf({ attributes }: XmlElement): Readonly<Record<string, string>> {
  const declared = Object.entries(attributes).flatMap(([name, value]) => {
    const [, prefix] = /^xmlns(?::(.+))?$/.exec(name) ?? [undefined, null];
    return prefix === null ? [] : [[prefix ?? '', value] as const];
  });
  return Object.fromEntries(declared);
}

function spaceOf({ name }: XmlElement, names: Readonly<Record<string, string>>): string {
  const colon = name.indexOf(':');
  return names[colon < 0 ? '' : name.slice(0, colon)] ?? '';
}
