/**
 * The conference list as phone XML, and the user's answer to it (sip-phones.md §1.6, LST-01 ... LST-07).
 */
import type { ConferenceList, Level, PhoneAction } from '@conclave/core';
import { shown } from '@conclave/core';
import { ENGLISH, type ListWords } from '../locale/phrases.ts';

/** Names our application among the phone's XML applications. */
export const LIST_APPLICATION_ID = 1;

/** Rows that phones take. */
const ROWS_MAX = 32;

const ICONS = {
  nonsecure: 'Resource:Icon.Connected',
  authenticated: 'Resource:Icon.AuthenticatedCall',
  encrypted: 'Resource:Icon.SecureCall',
  held: 'Resource:AnimatedIcon.Hold',
} as const;

type IconName = keyof typeof ICONS;

const ICON_INDEX: Record<IconName, number> = {
  nonsecure: 1,
  authenticated: 2,
  encrypted: 3,
  held: 5,
};

export interface ListPlace {
  readonly line: number;
  /** Names the list on its phone. */
  readonly transaction: number;
  readonly words?: ListWords;
}

/** The document: title with the conference's level, one row a party, keys to update, exit and remove. */
export function conferenceListXml(
  list: ConferenceList,
  { line, transaction, words = ENGLISH.list }: ListPlace,
): string {
  const url = (what: string | number): string =>
    `UserCallData:${LIST_APPLICATION_ID}:${line}:${list.conference}:${transaction}:${what}`;
  const rows = list.rows.slice(0, ROWS_MAX).map((row) => {
    const icon = row.held ? 'held' : shown(row.level);
    // The star is the controller's alone, whatever people are called.
    const name = row.conference ? words.conference : row.name.replace(/[ *]+$/, '') || row.number;
    const text = `${name}${row.controller ? ' *' : ''}`;
    return (
      `<MenuItem><IconIndex>${ICON_INDEX[icon]}</IconIndex><Name>${xmlText(text)}</Name>` +
      `<URL>${url(row.leg)}</URL></MenuItem>`
    );
  });
  const keys = [softKey(words.update, 1, url('Update')), softKey(words.exit, 3, 'SoftKey:Exit')];
  if (list.mayRemove) keys.push(softKey(words.remove, 4, 'SoftKey:Select'));
  const icons = (Object.keys(ICONS) as IconName[]).map(
    (name) => `<IconItem><Index>${ICON_INDEX[name]}</Index><URL>${ICONS[name]}</URL></IconItem>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<CiscoIPPhoneIconFileMenu><Title IconIndex="${iconOf(list.level)}">${xmlText(words.title)}</Title>` +
    `<Prompt>${xmlText(list.because)}</Prompt>` +
    `${rows.join('')}${keys.join('')}${icons.join('')}</CiscoIPPhoneIconFileMenu>`
  );
}

/** The user's choice; undefined when the data is none of ours. */
export function listChoice(
  conference: number,
  data: string,
): Extract<PhoneAction, { type: 'list-choice' }> | undefined {
  const word = data.replaceAll('\0', '').trim().split(':').at(-1) ?? '';
  if (word === 'Update') return { type: 'list-choice', conference };
  if (!/^\d{1,10}$/.test(word)) return undefined;
  return { type: 'list-choice', conference, remove: Number(word) };
}

function softKey(name: string, position: number, url: string): string {
  return (
    `<SoftKeyItem><Name>${xmlText(name)}</Name><Position>${position}</Position>` +
    `<URL>${url}</URL></SoftKeyItem>`
  );
}

function iconOf(level: Level): number {
  return ICON_INDEX[shown(level)];
}

function xmlText(text: string): string {
  return Array.from(text, (char) => (char < ' ' ? '' : char))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
