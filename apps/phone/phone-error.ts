/** What goes wrong with a phone, for code by its word and for people by its sentence. */

export type PhoneErrorCode =
  /** The options make no sense. */
  | 'PHONE_OPTIONS'
  /** Nobody answers, or the call manager is not trusted. */
  | 'PHONE_UNREACHABLE'
  /** The call manager refused the registration. */
  | 'PHONE_REJECTED'
  /** A key that is not live, a row that is not there. */
  | 'PHONE_REFUSED'
  /** What was waited for did not happen in time. */
  | 'PHONE_TIMEOUT'
  /** The phone is stopped, or its connection is gone. */
  | 'PHONE_CLOSED';

export class PhoneError extends Error {
  override readonly name = 'PhoneError';
  readonly code: PhoneErrorCode;
  /** What went wrong, without the screen that the message ends with. */
  readonly sentence: string;
  /** A box of text; empty when there is none to show. */
  readonly screen: string;

  constructor(code: PhoneErrorCode, sentence: string, screen = '') {
    super(screen === '' ? sentence : `${sentence}\n${screen}`);
    this.code = code;
    this.sentence = sentence;
    this.screen = screen;
  }
}
