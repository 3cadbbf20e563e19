export { type Flow, isReliable, isSecureTransport, type SipTransport } from './machine/flow.ts';
export { canonicalName } from './wire/header-name.ts';
export { type HeaderField, Headers } from './wire/headers.ts';
export { NO_BODY, type SipMessage, type SipRequest, type SipResponse } from './wire/message.ts';
