/** The conference list and removal through it (LST-01 ... LST-07). */
import { at, mayChange } from '../call/display.ts';
import { turnDown } from '../call/turn-down.ts';
import type { ConferenceList } from '../effect.ts';
import { shortReason } from '../explain.ts';
import { abilityOf } from '../security/phone-model.ts';
import type { Conference, ConferenceId, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assessConference, assessParticipant } from './level.ts';

/** The list as this leg may see it: newest first, the controller marked. */
export function listFor(tx: Transaction, conference: Conference, viewer: Leg): ConferenceList {
  return {
    conference: conference.id,
    level: conference.level,
    because: shortReason(assessConference(tx, conference)),
    mayRemove: mayChange(tx, conference, viewer),
    rows: conference.participants
      .filter((each) => each.state !== 'leaving')
      .map((each) => ({
        leg: each.leg,
        conference: each.link !== undefined,
        name: each.name,
        number: each.number,
        level: assessParticipant(tx, each).level,
        held: each.held,
        controller: each.leg === conference.controller,
      }))
      .reverse(),
  };
}

/** Shows the list on the phone, and keeps it up to date from now on. */
export function showList(tx: Transaction, leg: Leg): void {
  const conference = tx.conference(leg.conference);
  const phone = tx.phoneConfiguration(leg.device);
  if (!conference || !phone) return;
  if (!abilityOf(phone).conferenceList) {
    turnDown(tx, at(leg), {
      operation: 'list',
      text: 'key-not-active',
      rule: 'RES-03',
      fact: `Model ${phone.model} does not support the conference list.`,
    });
    return;
  }
  tx.emit({ ...at(leg), type: 'conference-list', list: listFor(tx, conference, leg) });
  if (conference.viewers.includes(leg.id)) return;
  tx.patchConference(conference.id, { viewers: [...conference.viewers, leg.id] });
}

/** A list on a screen must not tell an old level: it is sent again when something in it changes. */
export function refreshLists(tx: Transaction, id: ConferenceId): void {
  const conference = tx.theConference(id);
  for (const viewer of conference.viewers) {
    const leg = tx.leg(viewer);
    if (!leg || leg.conference !== id || !tx.phone(leg.device)) continue;
    tx.emit({ ...at(leg), type: 'conference-list', list: listFor(tx, conference, leg) });
  }
}
