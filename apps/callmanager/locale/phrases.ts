/**
 * The wording of what phones show, by meaning. Display codes (`0x80 n`, `0x1E n`) are put into the
 * phone's own language by the phone; what has no code is a text of the phone's locale (TIP-01, D-16).
 */
import type { TextId } from '@conclave/core';

/** As they go on the wire: display codes, or UTF-8 one byte a character. */
export type PhoneTexts = Readonly<Record<TextId, string>>;

/** Of the conference list, as a person reads them. */
export interface ListWords {
  readonly title: string;
  /** The row of a linked conference (CHN-01). */
  readonly conference: string;
  readonly update: string;
  readonly exit: string;
  readonly remove: string;
}

/** All that a phone is shown in one language. */
export interface Phrases {
  readonly texts: PhoneTexts;
  readonly list: ListWords;
}

export const ENGLISH: Phrases = {
  texts: {
    'enter-number': '\x80\x20',
    connected: '\x80\x18',
    'call-proceed': '\x80\x1e',
    'ring-out': '\x80\x16',
    hold: '\x80\x03',
    from: '\x80\x17',
    busy: '\x80\x19',
    'unknown-number': '\x80\x38',
    'temporary-failure': '\x80\x23',
    'device-not-authorized': '\x1e\x26',
    'security-level-not-met': 'Does not meet Security Level',
    'no-conference-bridge': '\x80\x27',
    'exceeds-maximum-parties': '\x80\x2c',
    'cannot-complete-conference': '\x80\x26',
    'key-not-active': '\x80\x2d',
    'media-security-required': '\x80\x56',
    'in-use-remote': '\x80\x1f',
    'to-conference': 'To \x80\x34',
    'to-barge': 'To \x80\x43 ',
    'barge-failed': '\x80\x44',
    'another-barge-exists': '\x80\x45',
    'past-limit': '\x80\x31',
    'parked-at': '\x80\x21 ',
    'no-park-number': '\x80\x47',
    transfer: '\x80\x1c',
    'cannot-complete-transfer': '\x80\x52',
    'cannot-link-conferences': '\x80\x53',
    'call-duration-exceeded': '\x80\x59',
  },
  list: {
    title: 'Conferee List',
    conference: 'Conference',
    update: 'Update',
    exit: 'Exit',
    remove: 'Remove',
  },
};

/** The localised word for a conference, which phones put in place of a name. */
export const CONFERENCE_NAME = '\x80\x34';
