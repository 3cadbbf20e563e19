/**
 * What calls and conferences leave in the log: every line names the calls it is about by their global call
 * id, the one of the records; legs by their number, which is SCCP's call reference; sessions by SIP's Call-ID.
 */
import {
  type CallDetailRecord,
  type CallId,
  type ConferenceId,
  explainRefusal,
  type LegId,
  legsOfDevice,
  type NoteEffect,
  type PhoneEffect,
  type State,
} from '@conclave/core';

export interface CallLogOptions {
  readonly log: (facts: object, text: string) => void;
  readonly state: () => State;
  /** Absent: the leg is not SIP's. */
  readonly sipCallId: (leg: LegId) => string | undefined;
}

export class CallLog {
  readonly #options: CallLogOptions;

  constructor(options: CallLogOptions) {
    this.#options = options;
  }

  phone(effect: PhoneEffect): void {
    if (effect.type !== 'call-state') return;
    const { device, leg, state } = effect;
    const { call, conference } = this.#state.legs.get(leg) ?? {};
    // What another phone of a shared line shows belongs to the line, not to a call of its own.
    if (call === undefined && conference === undefined && state !== 'on-hook') return;
    const calls = conference === undefined ? call && [call] : this.#callsOf(conference, leg);
    const sipCallId = this.#options.sipCallId(leg);
    this.#options.log({ calls, conference, leg, device, sipCallId, state }, 'leg');
  }

  note(effect: NoteEffect): void {
    switch (effect.type) {
      case 'record':
        return this.#record(effect.record);
      case 'level': {
        const { conference, from, to, because } = effect;
        const calls = this.#callsOf(conference);
        return this.#options.log({ calls, conference, from, to, because }, 'conference level');
      }
      case 'refusal': {
        const { device, operation } = effect.refusal;
        const because = explainRefusal(effect.refusal).sentence;
        const legs = legsOfDevice(this.#state.legs, device);
        const calls = legs.flatMap(({ call }) => (call === undefined ? [] : [call]));
        return this.#options.log({ calls, device, operation, because }, 'refused');
      }
      case 'alarm':
        // The alarm's own line is written where all alarms come together.
        return;
    }
  }

  #record(record: CallDetailRecord): void {
    const { globalCallId, originating, destination, securedStatus } = record;
    const conference = originating.conversationId || destination.conversationId || undefined;
    this.#options.log(
      {
        calls: [globalCallId],
        conference,
        legs: [originating.leg, destination.leg].filter((leg) => leg !== 0),
        causes: [originating.cause, destination.cause],
        securedStatus,
        conferenceSecuredStatus: record.conferenceSecuredStatus,
      },
      'call record',
    );
  }

  get #state(): State {
    return this.#options.state();
  }

  /** The calls of a conference's parties, or of one of them. */
  #callsOf(conference: ConferenceId, leg?: LegId): readonly CallId[] {
    const participants = this.#state.conferences.get(conference)?.participants ?? [];
    const wanted = participants.filter((each) => leg === undefined || each.leg === leg);
    return [...new Set(wanted.map(({ globalCallId }) => globalCallId))];
  }
}
