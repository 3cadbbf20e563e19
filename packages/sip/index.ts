export {
  answerChallenge,
  credentialsOf,
  type DigestAlgorithm,
  type DigestSecret,
  digestResponse,
} from './machine/digest.ts';
export {
  DigestServer,
  type DigestServerOptions,
  type DigestVerdict,
} from './machine/digest-server.ts';
export { type Flow, isReliable, isSecureTransport, type SipTransport } from './machine/flow.ts';
export type {
  Content,
  EndReason,
  OfferCarrier,
  Reply,
  SessionEvent,
} from './machine/session-events.ts';
export { UserAgent } from './machine/user-agent.ts';
export type {
  Destination,
  LocalAddress,
  NamedSession,
  Notification,
  OutgoingInvite,
  OutgoingRequest,
  Routing,
  SessionView,
  SubscriptionEvent,
  UserAgentCommands,
  UserAgentLimits,
  UserAgentOptions,
  UserAgentOutput,
} from './machine/user-agent-types.ts';
export {
  type AuthHeader,
  formatChallenge,
  formatCredentials,
  parseAuthHeader,
} from './wire/auth-header.ts';
export {
  accepts,
  checkRequest,
  isSoundResponse,
  type Refusal,
  unknownExtensions,
} from './wire/check-request.ts';
export {
  type ConferenceInfo,
  type ConferenceUser,
  formatConferenceInfo,
  SECURITY_NAMESPACE,
} from './wire/conference-info.ts';
export { type CSeq, formatCSeq, parseCSeq } from './wire/cseq.ts';
export {
  type DialogEntry,
  type DialogInfo,
  type DialogInfoState,
  type DialogParty,
  formatDialogInfo,
  parseDialogInfo,
} from './wire/dialog-info.ts';
export {
  type EnterpriseCallInfo,
  formatCallInfo,
  type PhoneCallAction,
  phoneCallActionOf,
  securityOf,
} from './wire/enterprise-call-info.ts';
export {
  type EnterpriseFeatures,
  type EnterpriseService,
  enterpriseFeatures,
  enterpriseServiceOf,
} from './wire/enterprise-features.ts';
export {
  type DoNotDisturb,
  formatDoNotDisturb,
  formatJoinComplete,
  formatParkMonitor,
  type ParkedCall,
} from './wire/enterprise-uncertain.ts';
export {
  addressesOf,
  addressOf,
  allowOf,
  callIdOf,
  contactOf,
  contactsOf,
  contentTypeOf,
  cseqOf,
  expiresOf,
  fromOf,
  isStarContact,
  maxForwardsOf,
  type NamedDialog,
  namedDialogOf,
  numberOf,
  parseSeconds,
  parseTokenWithParameters,
  type TokenWithParameters,
  tagOf,
  tokensOf,
  toOf,
  topViaOf,
  viasOf,
} from './wire/fields.ts';
export { formatMessage } from './wire/format-message.ts';
export { canonicalName } from './wire/header-name.ts';
export { type HeaderField, Headers } from './wire/headers.ts';
export { formatHost, formatHostPort, type HostPort, parseHostPort, sameHost } from './wire/host.ts';
export { BODY_BYTES_MAX, HEADER_BYTES_MAX, HEADER_FIELDS_MAX } from './wire/limits.ts';
export { NO_BODY, type SipMessage, type SipRequest, type SipResponse } from './wire/message.ts';
export { MessageReader, type StreamItem } from './wire/message-reader.ts';
export { type BodyPart, formatMultipart, type MultipartError, partsOf } from './wire/multipart.ts';
export {
  formatNameAddress,
  type NameAddress,
  parseNameAddress,
  parseNameAddresses,
} from './wire/name-address.ts';
export {
  formatParameters,
  NO_PARAMETERS,
  type Parameters,
  parseParameters,
  withParameters,
} from './wire/parameters.ts';
export {
  type MalformedMessage,
  type MessageError,
  type ParsedMessage,
  parseMessage,
  type RefusedRequest,
} from './wire/parse-message.ts';
export { quote, unquote } from './wire/quoted-string.ts';
export {
  formatCommands,
  formatRemoteccResponse,
  type LineUpdate,
  type RemoteccBody,
  type RemoteccCommand,
} from './wire/remotecc-command.ts';
export {
  type DialogName,
  type PhoneOptions,
  type PhoneUsage,
  parseRemotecc,
  REMOTECC_REQUEST,
  REMOTECC_RESPONSE,
  type RemoteccRequest,
  type RemoteSoftkey,
  TOKEN_REGISTRATION,
} from './wire/remotecc-request.ts';
export { splitList } from './wire/split-list.ts';
export { decodeText, encodeText, rawText } from './wire/text.ts';
export {
  formatUri,
  type OtherUri,
  parseUri,
  type SipUri,
  sameUri,
  schemeOf,
  type TelUri,
  type Uri,
} from './wire/uri.ts';
export { formatVia, MAGIC_COOKIE, parseVia, type Via } from './wire/via.ts';
export {
  childOf,
  childText,
  escapeXml,
  formatXml,
  parseXml,
  type XmlElement,
  type XmlError,
  type XmlSource,
} from './wire/xml.ts';
