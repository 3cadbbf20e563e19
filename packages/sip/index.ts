export { type Flow, isReliable, isSecureTransport, type SipTransport } from './machine/flow.ts';
export type { Content, EndReason, OfferCarrier, SessionEvent } from './machine/session-events.ts';
export type {
  Destination,
  LocalAddress,
  NamedSession,
  Notification,
  OutgoingInvite,
  OutgoingRequest,
  Reply,
  Routing,
  SessionView,
  SubscriptionEvent,
  UserAgentCommands,
  UserAgentLimits,
  UserAgentOptions,
  UserAgentOutput,
} from './machine/user-agent-types.ts';
export { canonicalName } from './wire/header-name.ts';
export { type HeaderField, Headers } from './wire/headers.ts';
export { NO_BODY, type SipMessage, type SipRequest, type SipResponse } from './wire/message.ts';
