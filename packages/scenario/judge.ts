/** Whether what must be seen is seen; if not, what is seen instead, and why. */
import { unreachable } from '@conclave/base';
import { type Cast, callNameText } from './cast.ts';
import { PHONE_TEXTS } from './phone-texts.ts';
import type { CallName, CallWants, ConferenceName, Expectation, ListWants } from './scenario.ts';
import type {
  CallSnapshot,
  ConferenceSnapshot,
  PhoneSnapshot,
  RecordSnapshot,
  Snapshot,
} from './snapshot.ts';
import { type Failure, otherSide } from './trace.ts';

export interface Evidence {
  readonly before: Snapshot | undefined;
  readonly after: Snapshot;
  /** Why the step was not carried out, if so. */
  readonly refused: string | undefined;
  readonly cast: Cast;
}

type Verdict = Omit<Failure, 'step' | 'line'>;

/** What one thing is, where it is not as wanted. */
interface Difference {
  readonly seen: string;
  readonly why?: string | undefined;
}

export function judge(expectation: Expectation, evidence: Evidence): readonly Verdict[] {
  return differences(expectation, evidence).map(({ seen, why = '' }) => ({
    expected: expectation.said,
    seen,
    why,
  }));
}

function differences(wanted: Expectation, evidence: Evidence): readonly Difference[] {
  const { before, after, refused } = evidence;
  const records = after.records.slice(before?.records.length ?? 0);
  switch (wanted.type) {
    case 'phone':
      return phoneDifferences(wanted, evidence);
    case 'idle': {
      const calls = phoneOf(after, wanted.phone)?.calls.filter((call) => !call.elsewhere) ?? [];
      return calls.map((call) => ({ seen: describeCall(wanted.phone, call), why: sentence(call) }));
    }
    case 'conference':
      return conferenceDifferences(wanted, evidence);
    case 'conferences':
      return after.conferences.length === wanted.count
        ? []
        : [{ seen: `${after.conferences.length} conferences` }];
    case 'refused':
      return refusedDifferences(wanted, evidence);
    case 'cause': {
      const causes = records.flatMap((each) => [each.origCause_value, each.destCause_value]);
      if (causes.includes(String(wanted.cause))) return [];
      return [{ seen: `causes ${[...new Set(causes)].join(', ') || 'none: no record'}` }];
    }
    case 'record': {
      const columns = Object.entries(wanted.values) as [keyof RecordSnapshot, string][];
      if (records.some((each) => columns.every(([name, value]) => each[name] === value))) return [];
      const seen = records.map((each) =>
        columns.map(([name]) => `${name} ${each[name]}`).join(' '),
      );
      return [{ seen: seen.join('; ') || 'no record' }];
    }
    case 'why': {
      const rules = rulesIn(evidence);
      return rules.includes(wanted.rule)
        ? []
        : [{ seen: `rules ${rules.join(', ') || 'none'}`, why: refused }];
    }
    default:
      return unreachable(wanted);
  }
}

function refusedDifferences(
  wanted: Extract<Expectation, { type: 'refused' }>,
  { before, after, refused }: Evidence,
): readonly Difference[] {
  const why = after.refusals.at(-1)?.sentence;
  if (wanted.refused !== (refused !== undefined)) {
    return [{ seen: refused === undefined ? 'it was carried out' : refused, why: refused && why }];
  }
  if (wanted.text === undefined) return [];
  const texts = after.phones.flatMap((phone) => newTexts(before, phone));
  const shown = [...texts, refused ?? ''];
  return shown.some((text) => says(text, wanted.text ?? '')) ? [] : [{ seen: refused ?? '', why }];
}

function phoneDifferences(
  { phone: name, call: callName, wants }: Extract<Expectation, { type: 'phone' }>,
  evidence: Evidence,
): readonly Difference[] {
  if (name === undefined) {
    const all = evidence.after.phones.filter((phone) => phone.calls.some(isTalking));
    if (all.length === 0) return [{ seen: 'nobody is in a call' }];
    return all.flatMap((phone) => onePhone(phone, wants, callName, evidence));
  }
  const phone = phoneOf(evidence.after, name);
  return phone ? onePhone(phone, wants, callName, evidence) : [{ seen: `there is no ${name}` }];
}

function onePhone(
  phone: PhoneSnapshot,
  wants: CallWants,
  callName: CallName | undefined,
  evidence: Evidence,
): readonly Difference[] {
  const { registered, calls, text, tone, list, ...ofCall } = wants;
  const found: Difference[] = [];
  const own = phone.calls.filter((call) => !call.elsewhere);
  if (registered !== undefined && registered !== phone.registered) {
    found.push({ seen: `${phone.name} is ${phone.registered ? '' : 'not '}registered` });
  }
  if (calls !== undefined && calls !== own.length) {
    found.push({ seen: `${phone.name} has ${own.length} calls` });
  }
  const texts = [...newTexts(evidence.before, phone), ...phone.calls.map((call) => call.prompt)];
  if (text !== undefined && !texts.some((each) => says(each, text))) {
    const shown = texts.filter((each) => each !== '').map((each) => JSON.stringify(each));
    found.push({ seen: `${phone.name} shows ${shown.join(', ') || 'no text'}` });
  }
  const before = evidence.before && phoneOf(evidence.before, phone.name);
  const tones = phone.tones.slice(before?.tones.length ?? 0);
  if (tone !== undefined && !tones.includes(tone)) {
    found.push({ seen: `${phone.name} plays ${tones.join(', ') || 'no tone'}` });
  }
  if (list) found.push(...listDifferences(phone, list, evidence.cast));
  if (Object.keys(ofCall).length > 0) {
    found.push(...callDifferences(phone, ofCall, callName, evidence.cast));
  }
  return found;
}

function callDifferences(
  phone: PhoneSnapshot,
  wants: CallWants,
  callName: CallName | undefined,
  cast: Cast,
): readonly Difference[] {
  const call = meantCall(phone, wants, callName, cast);
  if (!call) {
    const which = callName ? ` with ${callNameText(callName)}` : '';
    const others = phone.calls.map((each) => describeCall(phone.name, each));
    const hint = callName || others.length > 0 ? '' : ' (if that is meant, expect `idle`)';
    return [{ seen: [`${phone.name} has no call${which}${hint}`, ...others].join('; ') }];
  }
  const { icon, state, with: other, prompt, offers = [], offersNot = [], why } = wants;
  const { media, music } = wants;
  const fits =
    (icon === undefined || icon === call.icon) &&
    (state === undefined || state === call.state) &&
    (other === undefined || cast.isWith(call, other)) &&
    (prompt === undefined || says(call.prompt, prompt)) &&
    (media === undefined || media === call.media) &&
    (music === undefined || music === (call.music !== undefined)) &&
    (why === undefined || (call.why?.rules.includes(why) ?? false));
  const keys = call.softkeys.map(plainKey);
  const keysFit =
    offers.every((key) => keys.includes(plainKey(key))) &&
    !offersNot.some((key) => keys.includes(plainKey(key)));
  if (fits && keysFit) return [];
  const rules = why === undefined ? '' : ` because of ${call.why?.rules.join(', ') || 'no rule'}`;
  const offered = keysFit ? '' : ` offering ${call.softkeys.join(', ') || 'no keys'}`;
  const shown = prompt === undefined ? '' : ` saying ${JSON.stringify(call.prompt)}`;
  const heard = music === undefined ? '' : `, hearing ${call.music ?? 'no music'}`;
  const carried = media === undefined ? '' : `, media ${call.media ?? 'none'}`;
  const seen = `${describeCall(phone.name, call)}${carried}${heard}${shown}${offered}${rules}`;
  return [{ seen, why: sentence(call) }];
}

/** The call that is named; else one in the wanted state; else the one the user is in, or has. */
function meantCall(
  { calls }: PhoneSnapshot,
  { state }: CallWants,
  callName: CallName | undefined,
  cast: Cast,
): CallSnapshot | undefined {
  if (callName) return cast.named(calls, callName).at(-1);
  const own = calls.filter((call) => !call.elsewhere);
  return (
    (state === undefined ? undefined : calls.findLast((call) => call.state === state)) ??
    own.findLast((call) => call.state === 'connected') ??
    own.findLast((call) => call.state !== 'hold' && call.state !== 'ring-in') ??
    own.at(-1)
  );
}

function listDifferences(
  phone: PhoneSnapshot,
  wants: ListWants,
  cast: Cast,
): readonly Difference[] {
  const { list } = phone;
  if (!list) return wants.shown ? [{ seen: `${phone.name} shows no conference list` }] : [];
  const rowsFit =
    wants.rows === undefined ||
    (wants.rows.length === list.rows.length &&
      wants.rows.every((row, index) => {
        const shown = list.rows[index];
        return (
          shown !== undefined &&
          [row.name, cast.shownName(row.name), ...cast.numbersOf(row.name)].includes(shown.name) &&
          (row.icon === undefined || row.icon === shown.icon) &&
          (row.controller === undefined || row.controller === shown.controller)
        );
      }));
  if (wants.shown && rowsFit && (wants.icon === undefined || wants.icon === list.icon)) return [];
  const rows = list.rows.map((row) => `${row.name}${row.controller ? '*' : ''} ${row.icon}`);
  return [{ seen: `${phone.name} shows the list ${list.icon}: ${rows.join(', ')}` }];
}

function conferenceDifferences(
  { which, wants }: Extract<Expectation, { type: 'conference' }>,
  { after }: Evidence,
): readonly Difference[] {
  const found = conferencesMeant(after.conferences, which);
  const [conference, ...more] = found;
  if (!conference) return [{ seen: 'there is no such conference' }];
  if (more.length > 0) {
    return [{ seen: `${found.length} conferences: say \`conference 1\`, \`conference of A\` …` }];
  }
  const { level, kind, bridge, secure, minimum, number, controller, links, why } = wants;
  const controls = conference.members.find((each) => each.controller)?.name ?? 'nobody';
  const fits =
    (level === undefined || level === conference.level) &&
    (kind === undefined || kind === conference.kind) &&
    (bridge === undefined || bridge === conference.bridge) &&
    (secure === undefined || secure === conference.secure) &&
    (minimum === undefined || minimum === conference.minimum) &&
    (number === undefined || number === conference.number) &&
    (controller === undefined || controller === controls) &&
    (wants.music === undefined || wants.music === conference.music.length > 0) &&
    (links === undefined || links === conference.members.filter((each) => each.link).length) &&
    (why === undefined || (conference.why?.rules.includes(why) ?? false));
  const members = conference.members.map((each) => each.name);
  const held = conference.members.filter((each) => each.held).map((each) => each.name);
  const peopleFit = sameNames(wants.members, members) && sameNames(wants.held, held);
  if (fits && peopleFit) return [];
  return [{ seen: describeConference(conference, controls), why: conference.why?.sentence }];
}

function conferencesMeant(
  all: readonly ConferenceSnapshot[],
  which: ConferenceName | undefined,
): readonly ConferenceSnapshot[] {
  switch (which?.type) {
    case undefined:
      return all;
    case 'nth':
      return all.slice(which.nth - 1, which.nth);
    case 'of':
      return all.filter(({ members }) => members.some((each) => each.name === which.phone));
    case 'number':
      return all.filter((each) => each.number === which.number);
  }
}

function rulesIn({ before, after }: Evidence): readonly string[] {
  const refusals = after.refusals.slice(before?.refusals.length ?? 0);
  const rules = [
    ...after.conferences.flatMap((each) => each.why?.rules ?? []),
    ...after.phones.flatMap((phone) => phone.calls.flatMap((call) => call.why?.rules ?? [])),
    ...refusals.flatMap((each) => each.rules),
  ];
  return [...new Set(rules)];
}

function phoneOf(snapshot: Snapshot, name: string): PhoneSnapshot | undefined {
  return snapshot.phones.find((phone) => phone.name === name);
}

function newTexts(before: Snapshot | undefined, phone: PhoneSnapshot): readonly string[] {
  return phone.texts.slice((before && phoneOf(before, phone.name)?.texts.length) ?? 0);
}

function isTalking({ state, elsewhere }: CallSnapshot): boolean {
  return !elsewhere && (state === 'connected' || state === 'hold');
}

/** A text as people write it: its words, in either case, or its name among the rules' texts. */
function says(shown: string, wanted: string): boolean {
  const known = Object.entries(PHONE_TEXTS).find(([id]) => id === wanted)?.[1] ?? wanted;
  if (wanted === '' || shown === '') return wanted === shown;
  // Guides add to a text what it means: "Does not meet Security Level, call rejected".
  return plain(shown).includes(plain(known)) || plain(known).startsWith(`${plain(shown)},`);
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

function plainKey(key: string): string {
  return key.toLowerCase().replace(/[^a-z<]/g, '');
}

function sameNames(wanted: readonly string[] | undefined, seen: readonly string[]): boolean {
  return wanted === undefined || [...wanted].sort().join() === [...seen].sort().join();
}

function sentence(call: CallSnapshot): string | undefined {
  return call.why?.sentence;
}

function describeCall(phone: string, call: CallSnapshot): string {
  const other = otherSide(call);
  return `${phone} has ${call.state}${other === '' ? '' : ` with ${other}`}, icon ${call.icon}`;
}

function describeConference(conference: ConferenceSnapshot, controls: string): string {
  const { kind, number, level, bridge, secure, members, music } = conference;
  const people = members.map((each) => `${each.name}${each.held ? ' (held)' : ''}`);
  return (
    `${kind}${number === undefined ? '' : ` ${number}`}, ${level}, on ${bridge} ` +
    `(${secure ? 'secure' : 'nonsecure'}), members ${people.join(', ')}, controller ${controls}, ` +
    `links ${members.filter((each) => each.link).length}, music ${music.join(', ') || 'none'}`
  );
}
