/**
 * The conference list as a phone reads it from its XML (sip-phones.md §1.6). A small reader for these
 * few elements: anything else in the document is passed over, and nothing in it can make it throw.
 */

export interface ListRow {
  readonly name: string;
  readonly icon: ListIcon;
  readonly controller: boolean;
  readonly url: string;
}

export interface ConferenceListScreen {
  readonly title: string;
  readonly icon: ListIcon;
  readonly rows: readonly ListRow[];
  readonly softkeys: readonly { readonly name: string; readonly url: string }[];
}

export type ListIcon = 'call' | 'shield' | 'lock' | 'ringing' | 'held' | 'none';

const ICONS: readonly ListIcon[] = ['none', 'call', 'shield', 'lock', 'ringing', 'held'];

/** Rows that a phone takes. */
const ROWS_MAX = 32;

/** Undefined when the document is no list. */
export function parseConferenceList(xml: string): ConferenceListScreen | undefined {
  const title = /<Title(?:\s+IconIndex="(\d+)")?\s*>([^<]*)<\/Title>/.exec(xml);
  if (!title || !/<CiscoIPPhoneIcon(?:File)?Menu[\s>]/.test(xml)) return undefined;
  const rows = elements(xml, 'MenuItem')
    .slice(0, ROWS_MAX)
    .map((item) => {
      const text = textIn(item, 'Name');
      return {
        name: text.replace(/ \*$/, ''),
        icon: iconAt(textIn(item, 'IconIndex')),
        controller: text.endsWith(' *'),
        url: textIn(item, 'URL'),
      };
    });
  const softkeys = elements(xml, 'SoftKeyItem').map((item) => ({
    name: textIn(item, 'Name'),
    url: textIn(item, 'URL'),
  }));
  return { title: plain(title[2] ?? ''), icon: iconAt(title[1] ?? ''), rows, softkeys };
}

/** The fields of a `UserCallData` URL that goes back to the call manager; undefined for any other. */
export function userCallData(url: string):
  | {
      readonly applicationId: number;
      readonly lineInstance: number;
      readonly callReference: number;
      readonly transactionId: number;
      readonly data: string;
    }
  | undefined {
  const found = /^UserCallData:(\d{1,10}):(\d{1,10}):(\d{1,10}):(\d{1,10}):(.*)$/.exec(url);
  if (!found) return undefined;
  return {
    applicationId: Number(found[1]),
    lineInstance: Number(found[2]),
    callReference: Number(found[3]),
    transactionId: Number(found[4]),
    data: found[5] ?? '',
  };
}

function elements(xml: string, name: string): readonly string[] {
  return xml
    .split(`<${name}>`)
    .slice(1)
    .map((part) => part.slice(0, Math.max(0, part.indexOf(`</${name}>`))));
}

function textIn(xml: string, name: string): string {
  const start = xml.indexOf(`<${name}>`);
  const end = xml.indexOf(`</${name}>`);
  return start < 0 || end < start ? '' : plain(xml.slice(start + name.length + 2, end));
}

function iconAt(index: string): ListIcon {
  return ICONS[Number(index)] ?? 'none';
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
