/** Where dialled digits lead: a line, a meet-me number, nowhere, or not known yet. */
import type {
  Configuration,
  LineConfiguration,
  MeetMeNumber,
  PhoneConfiguration,
} from '../configuration.ts';
import { breadthOf, matchPattern } from './pattern.ts';

/** A line button that can take the call. Several of them are one shared line. */
export interface LineTarget {
  readonly phone: PhoneConfiguration;
  readonly line: LineConfiguration;
}

export type Route =
  | { readonly type: 'line'; readonly targets: readonly LineTarget[] }
  | { readonly type: 'meet-me'; readonly number: MeetMeNumber }
  | { readonly type: 'park' }
  | { readonly type: 'conference-factory' }
  | { readonly type: 'trunk'; readonly trunk: PhoneConfiguration }
  | { readonly type: 'incomplete' }
  | { readonly type: 'none' };

/**
 * The best complete match wins: a line before a meet-me number, the narrowest meet-me
 * pattern before wider ones. `more` tells whether further digits could match something else.
 */
export function routeOf(
  configuration: Configuration,
  digits: string,
): { readonly route: Route; readonly more: boolean } {
  if (digits === '') return { route: { type: 'incomplete' }, more: true };
  const { lines, beginnings } = indexOf(configuration);
  const targets = lines.get(digits) ?? [];
  let more = beginnings.has(digits);
  let meetMe: MeetMeNumber | undefined;
  for (const number of configuration.meetMeNumbers) {
    const match = matchPattern(number.pattern, digits);
    if (match === 'partial') more = true;
    if (
      match === 'complete' &&
      (!meetMe || breadthOf(number.pattern) < breadthOf(meetMe.pattern))
    ) {
      meetMe = number;
    }
  }
  const { conferenceFactory = '' } = configuration;
  if (conferenceFactory !== digits && conferenceFactory.startsWith(digits)) more = true;
  let trunk: PhoneConfiguration | undefined;
  for (const { pattern, trunk: name } of configuration.routes ?? []) {
    const match = matchPattern(pattern, digits);
    if (match === 'partial') more = true;
    if (match === 'complete') trunk ??= configuration.phones.get(name);
  }
  const parks = (configuration.parkNumbers ?? []).map((each) => matchPattern(each, digits));
  if (parks.includes('partial')) more = true;
  if (targets.length > 0) return { route: { type: 'line', targets }, more };
  if (meetMe) return { route: { type: 'meet-me', number: meetMe }, more };
  if (parks.includes('complete')) return { route: { type: 'park' }, more };
  if (conferenceFactory === digits) return { route: { type: 'conference-factory' }, more };
  if (trunk) return { route: { type: 'trunk', trunk }, more };
  return { route: { type: more ? 'incomplete' : 'none' }, more };
}

/** The lines of all phones. Remembered for each configuration. */
interface LineIndex {
  readonly lines: ReadonlyMap<string, readonly LineTarget[]>;
  /** What more digits would make a line of. */
  readonly beginnings: ReadonlySet<string>;
}

const INDEXES = new WeakMap<ReadonlyMap<string, PhoneConfiguration>, LineIndex>();

function indexOf({ phones }: Configuration): LineIndex {
  const known = INDEXES.get(phones);
  if (known) return known;
  const lines = new Map<string, LineTarget[]>();
  const beginnings = new Set<string>();
  for (const phone of phones.values()) {
    for (const line of phone.lines) {
      const { directoryNumber: number } = line;
      const targets = lines.get(number);
      if (targets) targets.push({ phone, line });
      else lines.set(number, [{ phone, line }]);
      for (let end = 1; end < number.length; end++) beginnings.add(number.slice(0, end));
    }
  }
  const index = { lines, beginnings };
  INDEXES.set(phones, index);
  return index;
}
