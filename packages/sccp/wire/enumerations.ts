/**
 * Numbers of the wire and their names. Names are those of public analysers, so that a capture and the
 * code read alike; ours are shortened where the analyser repeats the type in each name.
 *
 * Source: [observed] a public packet analyser's enumerations, version 4.0.
 */

export const SoftKeyEvent = {
  Redial: 1,
  NewCall: 2,
  Hold: 3,
  Transfer: 4,
  CfwdAll: 5,
  CfwdBusy: 6,
  CfwdNoAnswer: 7,
  BackSpace: 8,
  EndCall: 9,
  Resume: 10,
  Answer: 11,
  Info: 12,
  Confrn: 13,
  Park: 14,
  Join: 15,
  MeetMe: 16,
  PickUp: 17,
  GrpPickup: 18,
  YourCurrentOptions: 19,
  OffHook: 20,
  OnHook: 21,
  RingOut: 22,
  From: 23,
  Connected: 24,
  Busy: 25,
  LineInUse: 26,
  CallWaiting: 27,
  CallTransfer: 28,
  CallPark: 29,
  CallProceed: 30,
  InUseRemote: 31,
  EnterNumber: 32,
  CallParkAt: 33,
  PrimaryOnly: 34,
  TempFail: 35,
  YouHaveAVoiceMail: 36,
  ForwardedTo: 37,
  CanNotCompleteConference: 38,
  NoConferenceBridge: 39,
  CanNotHoldPrimaryControl: 40,
  InvalidConferenceParticipant: 41,
  InConferenceAlready: 42,
  NoParticipantInfo: 43,
  ExceedMaximumParties: 44,
  KeyIsNotActive: 45,
  ErrorNoLicense: 46,
  ErrorDBConfig: 47,
  ErrorDatabase: 48,
  ErrorPassLimit: 49,
  ErrorUnknown: 50,
  ErrorMismatch: 51,
  Conference: 52,
  ParkNumber: 53,
  Private: 54,
  NotEnoughBandwidth: 55,
  UnknownNumber: 56,
  RmLstC: 57,
  Voicemail: 58,
  ImmDiv: 59,
  Intrcpt: 60,
  SetWtch: 61,
  TrnsfVM: 62,
  DND: 63,
  DivAll: 64,
  CallBack: 65,
  NetworkCongestionRerouting: 66,
  Barge: 67,
  FailedToSetupBarge: 68,
  AnotherBargeExists: 69,
  IncompatibleDeviceType: 70,
  NoParkNumberAvailable: 71,
  CallParkReversion: 72,
  ServiceIsNotActive: 73,
  HighTrafficTryAgainLater: 74,
  QRT: 75,
  MCID: 76,
  DirTrfr: 77,
  Select: 78,
  ConfList: 79,
  iDivert: 80,
  cBarge: 81,
  CanNotCompleteTransfer: 82,
  CanNotJoinCalls: 83,
  McidSuccessful: 84,
  NumberNotConfigured: 85,
  SecurityError: 86,
  VideoBandwidthUnavailable: 87,
  VideoMode: 88,
  Record: 202,
  Dial: 201,
} as const;
export type SoftKeyEvent = (typeof SoftKeyEvent)[keyof typeof SoftKeyEvent];

export const SoftKeySet = {
  OnHook: 0,
  Connected: 1,
  OnHold: 2,
  RingIn: 3,
  OffHook: 4,
  ConnTrans: 5,
  DigitsFoll: 6,
  ConnConf: 7,
  RingOut: 8,
  OffHookFeat: 9,
  InUseHint: 10,
  OnHookStealable: 11,
} as const;
export type SoftKeySet = (typeof SoftKeySet)[keyof typeof SoftKeySet];

export const CallState = {
  Idle: 0,
  OffHook: 1,
  OnHook: 2,
  RingOut: 3,
  RingIn: 4,
  Connected: 5,
  Busy: 6,
  Congestion: 7,
  Hold: 8,
  CallWaiting: 9,
  CallTransfer: 10,
  CallPark: 11,
  Proceed: 12,
  CallRemoteMultiline: 13,
  InvalidNumber: 14,
  HoldRevert: 15,
  Whisper: 16,
  RemoteHold: 17,
  MaxState: 18,
} as const;
export type CallState = (typeof CallState)[keyof typeof CallState];

export const CallSecurityStatus = {
  Unknown: 0,
  NotAuthenticated: 1,
  Authenticated: 2,
  Encrypted: 3,
  Max: 4,
} as const;
export type CallSecurityStatus = (typeof CallSecurityStatus)[keyof typeof CallSecurityStatus];

export const DeviceType = {
  Station30SPplus: 1,
  Station12SPplus: 2,
  Station12SP: 3,
  Station12: 4,
  Station30VIP: 5,
  StationTelecasterMgr: 7,
  StationVGC: 10,
  VGCVirtualPhone: 11,
  StationATA186: 12,
  StationATA188: 13,
  EmccBase: 15,
  Virtual30SPplus: 20,
  StationPhoneApplication: 21,
  AnalogAccess: 30,
  DigitalAccessTitan1: 40,
  DigitalAccessT1: 41,
  DigitalAccessTitan2: 42,
  DigitalAccessLennon: 43,
  AnalogAccessElvis: 47,
  VGCGateway: 48,
  ConferenceBridge: 50,
  ConferenceBridgeYoko: 51,
  ConferenceBridgeDixieLand: 52,
  ConferenceBridgeSummit: 53,
  H225: 60,
  H323Phone: 61,
  H323Gateway: 62,
  MusicOnHold: 70,
  Pilot: 71,
  TapiPort: 72,
  TapiRoutePoint: 73,
  VoiceInBox: 80,
  VoiceInboxAdmin: 81,
  LineAnnunciator: 82,
  SoftwareMtpDixieLand: 83,
  CiscoMediaServer: 84,
  ConferenceBridgeFlint: 85,
  ConferenceBridgeHetroGen: 86,
  ConferenceBridgeAudVid: 87,
  ConferenceHVideoBridge: 88,
  RouteList: 90,
  LoadSimulator: 100,
  MediaTerminationPoint: 110,
  MediaTerminationPointYoko: 111,
  MediaTerminationPointDixieLand: 112,
  MediaTerminationPointSummit: 113,
  Cisco_7941G: 115,
  Cisco_7971: 119,
  MGCPStation: 120,
  MGCPTrunk: 121,
  RASProxy: 122,
  Trunk: 125,
  Annunciator: 126,
  MonitorBridge: 127,
  Recorder: 128,
  MonitorBridgeYoko: 129,
  SipTrunk: 131,
  SipGateway: 132,
  WsmTrunk: 133,
  RemoteDestination: 134,
  GenericDevice: 253,
  UnknownMGCPGateway: 254,
  NotDefined: 255,
  Cisco_7911: 307,
  MotorolaCN622: 335,
  ThirdPartySipBasic: 336,
  UnifiedCommunicator: 358,
  Cisco_7921: 365,
  Cisco_7906: 369,
  ThirdPartySipAdv: 374,
  Telepresence: 375,
  Cisco_7962: 404,
  Cisco_3951: 412,
  Cisco_7937: 431,
  Cisco_7942: 434,
  Cisco_7945: 435,
  Cisco_7965: 436,
  Cisco_7975: 437,
  Cisco_9971_CE: 493,
  UnifiedMobileCommunicator: 468,
  CSF: 503,
  CiscoTelepresenceMcu: 597,
  CiscoTelePresenceConductor: 36041,
  CiscoTelePresenceExchange: 599,
  CiscoTelePresenceSoftwareConferenceBridge: 600,
  ASSip: 631,
  CtiRemoteDevice: 635,
  Cisco_7905: 20000,
  Cisco_7920: 30002,
  Cisco_7970: 30006,
  Cisco_7912: 30007,
  Cisco_7902: 30008,
  Cisco_7961G: 30018,
  Cisco_7936: 30019,
  AnalogPhone: 30027,
  ISDNBRIPhone: 30028,
  SCCPGwVirtualPhone: 30032,
  IP_STE: 30035,
  InteractiveVoiceResponse: 36219,
  Cisco_7910: 6,
  Cisco_7925: 484,
  Cisco_7931: 348,
  Cisco_7935: 9,
  Cisco_7940: 8,
  Cisco_7961_GE: 308,
  Cisco_7961G_GE: 309,
  Cisco_7985: 302,
  Nokia_E_Series: 275,
  Cisco_IP_Communicator: 30016,
  Nokia_ICC_client: 376,
  Cisco_6901: 547,
  Cisco_6911: 548,
  Cisco_6921: 495,
  Cisco_6941: 496,
  Cisco_6945: 564,
  Cisco_6961: 497,
  Cisco_8941: 586,
  Cisco_8945: 585,
  Cisco_SPA_303G: 80011,
  Cisco_SPA_502G: 80003,
  Cisco_SPA_504G: 80004,
  Cisco_SPA_509G: 80007,
  Cisco_SPA_521S: 80000,
  Cisco_SPA_525G: 80005,
  Cisco_SPA_525G2: 80009,
  Cisco_7914_AddOn: 124,
  Cisco_7915_AddOn: 227,
  Cisco_7915_AddOn_24: 228,
  Cisco_7916_AddOn: 229,
  Cisco_7916_AddOn_24: 230,
} as const;
export type DeviceType = (typeof DeviceType)[keyof typeof DeviceType];

export const MediaPayloadType = {
  G711Alaw64k: 2,
  G711Alaw56k: 3,
  G711Ulaw64k: 4,
  G711Ulaw56k: 5,
  G722_64k: 6,
  G722_56k: 7,
  G722_48k: 8,
  G7231: 9,
  G728: 10,
  G729: 11,
  G729AnnexA: 12,
  G729AnnexB: 15,
  G729AnnexAwAnnexB: 16,
  GSM_Full_Rate: 18,
  GSM_Half_Rate: 19,
  GSM_Enhanced_Full_Rate: 20,
  Wide_Band_256k: 25,
  Data64: 32,
  Data56: 33,
  G7221_32K: 40,
  G7221_24K: 41,
  AAC: 42,
  MP4ALATM_128: 43,
  MP4ALATM_64: 44,
  MP4ALATM_56: 45,
  MP4ALATM_48: 46,
  MP4ALATM_32: 47,
  MP4ALATM_24: 48,
  MP4ALATM_NA: 49,
  GSM: 80,
  G726_32K: 82,
  G726_24K: 83,
  G726_16K: 84,
  ILBC: 86,
  ISAC: 89,
  OPUS: 90,
  AMR: 97,
  AMR_WB: 98,
  H261: 100,
  H263: 101,
  Vieo: 102,
  H264: 103,
  H264_SVC: 104,
  T120: 105,
  H224: 106,
  T38Fax: 107,
  TOTE: 108,
  H265: 109,
  H264_UC: 110,
  XV150_MR_711U: 111,
  NSE_VBD_711U: 112,
  XV150_MR_729A: 113,
  NSE_VBD_729A: 114,
  H264_FEC: 115,
  Clear_Chan: 120,
  Universal_Xcoder: 222,
  RFC2833_DynPayload: 257,
  PassThrough: 258,
  Dynamic_Payload_PassThru: 259,
  DTMF_OOB: 260,
  Inband_DTMF_RFC2833: 261,
  CFB_Tones: 262,
  NoAudio: 299,
  v150_LC_ModemRelay: 300,
  v150_LC_SPRT: 301,
  v150_LC_SSE: 302,
  Max: 303,
} as const;
export type MediaPayloadType = (typeof MediaPayloadType)[keyof typeof MediaPayloadType];

export const MediaEncryptionAlgorithm = {
  NO_ENCRYPTION: 0,
  AES_CM_128_HMAC_SHA1_32: 1,
  AES_CM_128_HMAC_SHA1_80: 2,
  F8_128_HMAC_SHA1_32: 3,
  F8_128_HMAC_SHA1_80: 4,
  AEAD_AES_128_GCM: 5,
  AEAD_AES_256_GCM: 6,
} as const;
export type MediaEncryptionAlgorithm =
  (typeof MediaEncryptionAlgorithm)[keyof typeof MediaEncryptionAlgorithm];

export const Stimulus = {
  LastNumberRedial: 1,
  SpeedDial: 2,
  Hold: 3,
  Transfer: 4,
  ForwardAll: 5,
  ForwardBusy: 6,
  ForwardNoAnswer: 7,
  Display: 8,
  Line: 9,
  T120Chat: 10,
  T120Whiteboard: 11,
  T120ApplicationSharing: 12,
  T120FileTransfer: 13,
  Video: 14,
  VoiceMail: 15,
  AnswerRelease: 16,
  AutoAnswer: 17,
  Select: 18,
  Privacy: 19,
  ServiceURL: 20,
  BLFSpeedDial: 21,
  DPark: 22,
  Intercom: 23,
  MaliciousCall: 27,
  GenericAppB1: 33,
  GenericAppB2: 34,
  GenericAppB3: 35,
  GenericAppB4: 36,
  GenericAppB5: 37,
  MeetMeConference: 123,
  Conference: 125,
  CallPark: 126,
  CallPickUp: 127,
  GroupCallPickUp: 128,
  Mobility: 129,
  DoNotDisturb: 130,
  ConfList: 131,
  RemoveLastParticipant: 132,
  QRT: 133,
  CallBack: 134,
  OtherPickup: 135,
  VideoMode: 136,
  NewCall: 137,
  EndCall: 138,
  HLog: 139,
  Queuing: 143,
  MaxStimulusValue: 255,
} as const;
export type Stimulus = (typeof Stimulus)[keyof typeof Stimulus];

export const ButtonType = {
  Unused: 0,
  LastNumberRedial: 1,
  SpeedDial: 2,
  Hold: 3,
  Transfer: 4,
  ForwardAll: 5,
  ForwardBusy: 6,
  ForwardNoAnswer: 7,
  Display: 8,
  Line: 9,
  T120Chat: 10,
  T120Whiteboard: 11,
  T120ApplicationSharing: 12,
  T120FileTransfer: 13,
  Video: 14,
  Voicemail: 15,
  AnswerRelease: 16,
  AutoAnswer: 17,
  Select: 18,
  Feature: 19,
  ServiceURL: 20,
  BusyLampFieldSpeeddial: 21,
  MaliciousCall: 27,
  GenericAppB1: 33,
  GenericAppB2: 34,
  GenericAppB3: 35,
  GenericAppB4: 36,
  GenericAppB5: 37,
  MonitorMultiblink: 38,
  MeetMeConference: 123,
  Conference: 125,
  CallPark: 126,
  CallPickup: 127,
  GroupCallPickup: 128,
  Mobility: 129,
  DoNotDisturb: 130,
  ConfList: 131,
  RemoveLastParticipant: 132,
  QRT: 133,
  CallBack: 134,
  OtherPickup: 135,
  VideoMode: 136,
  NewCall: 137,
  EndCall: 138,
  HLog: 139,
  Queuing: 143,
  TestE: 192,
  TestF: 193,
  TestI: 196,
  Messages: 194,
  Directory: 195,
  Application: 197,
  Headset: 198,
  Keypad: 240,
  Aec: 253,
  Undefined: 255,
} as const;
export type ButtonType = (typeof ButtonType)[keyof typeof ButtonType];

export const RingMode = {
  RingOff: 1,
  InsideRing: 2,
  OutsideRing: 3,
  FeatureRing: 4,
  FlashOnly: 5,
  PrecedenceRing: 6,
} as const;
export type RingMode = (typeof RingMode)[keyof typeof RingMode];

export const RingDuration = {
  NormalRing: 1,
  SingleRing: 2,
} as const;
export type RingDuration = (typeof RingDuration)[keyof typeof RingDuration];

export const LampMode = {
  Off: 1,
  On: 2,
  Wink: 3,
  Flash: 4,
  Blink: 5,
} as const;
export type LampMode = (typeof LampMode)[keyof typeof LampMode];

export const Tone = {
  Silence: 0,
  Dtmf1: 1,
  Dtmf2: 2,
  Dtmf3: 3,
  Dtmf4: 4,
  Dtmf5: 5,
  Dtmf6: 6,
  Dtmf7: 7,
  Dtmf8: 8,
  Dtmf9: 9,
  Dtmf0: 10,
  DtmfStar: 14,
  DtmfPound: 15,
  DtmfA: 16,
  DtmfB: 17,
  DtmfC: 18,
  DtmfD: 19,
  InsideDialTone: 33,
  OutsideDialTone: 34,
  LineBusyTone: 35,
  AlertingTone: 36,
  ReorderTone: 37,
  RecorderWarningTone: 38,
  RecorderDetectedTone: 39,
  RevertingTone: 40,
  ReceiverOffHookTone: 41,
  MessageWaitingIndicatorTone: 42,
  NoSuchNumberTone: 43,
  BusyVerificationTone: 44,
  CallWaitingTone: 45,
  ConfirmationTone: 46,
  CampOnIndicationTone: 47,
  RecallDialTone: 48,
  ZipZip: 49,
  Zip: 50,
  BeepBonk: 51,
  MusicTone: 52,
  HoldTone: 53,
  TestTone: 54,
  MonitorWarningTone: 56,
  SecureWarningTone: 57,
  AddCallWaiting: 64,
  PriorityCallWait: 65,
  RecallDial: 66,
  BargIn: 67,
  DistinctAlert: 68,
  PriorityAlert: 69,
  ReminderRing: 70,
  PrecedenceRingBack: 71,
  PreemptionTone: 72,
  NonSecureWarningTone: 73,
  MF1: 80,
  MF2: 81,
  MF3: 82,
  MF4: 83,
  MF5: 84,
  MF6: 85,
  MF7: 86,
  MF8: 87,
  MF9: 88,
  MF0: 89,
  MFKP1: 90,
  MFST: 91,
  MFKP2: 92,
  MFSTP: 93,
  MFST3P: 94,
  MILLIWATT: 95,
  MILLIWATTTEST: 96,
  HIGHTONE: 97,
  FLASHOVERRIDE: 98,
  FLASH: 99,
  PRIORITY: 100,
  IMMEDIATE: 101,
  PREAMPWARN: 102,
  Tone2105HZ: 103,
  Tone2600HZ: 104,
  Tone440HZ: 105,
  Tone300HZ: 106,
  Mobility_WP: 107,
  Mobility_UAC: 108,
  Mobility_WTDN: 109,
  Mobility_MON: 110,
  Mobility_MOFF: 111,
  Mobility_UKC: 112,
  Mobility_VMA: 113,
  Mobility_FAC: 114,
  Mobility_CMC: 115,
  MLPP_PALA: 119,
  MLPP_ICA: 120,
  MLPP_VCA: 121,
  MLPP_BPA: 122,
  MLPP_BNEA: 123,
  MLPP_UPA: 124,
  TUA: 125,
  GONE: 126,
  NoTone: 127,
  MeetMe_Greeting: 128,
  MeetMe_NumberInvalid: 129,
  MeetMe_NumberFailed: 130,
  MeetMe_EnterPIN: 131,
  MeetMe_InvalidPIN: 132,
  MeetMe_FailedPIN: 133,
  MeetMe_CFB_Failed: 134,
  MeetMe_EnterAccessCode: 135,
  MeetMe_AccessCodeInvalid: 136,
  MeetMe_AccessCodeFailed: 137,
  MAX: 138,
} as const;
export type Tone = (typeof Tone)[keyof typeof Tone];

export const SpeakerMode = {
  On: 1,
  Off: 2,
} as const;
export type SpeakerMode = (typeof SpeakerMode)[keyof typeof SpeakerMode];

export const CallType = {
  InBoundCall: 1,
  OutBoundCall: 2,
  ForwardCall: 3,
} as const;
export type CallType = (typeof CallType)[keyof typeof CallType];

export const CreateConfResult = {
  OK: 0,
  ResourceNotAvailable: 1,
  ConferenceAlreadyExist: 2,
  SystemErr: 3,
} as const;
export type CreateConfResult = (typeof CreateConfResult)[keyof typeof CreateConfResult];

export const AddParticipantResult = {
  OK: 0,
  ResourceNotAvailable: 1,
  ConferenceNotExist: 2,
  DuplicateCallRef: 3,
  SystemErr: 4,
} as const;
export type AddParticipantResult = (typeof AddParticipantResult)[keyof typeof AddParticipantResult];

export const DeleteConfResult = {
  OK: 0,
  ConferenceNotExist: 1,
  SystemErr: 2,
} as const;
export type DeleteConfResult = (typeof DeleteConfResult)[keyof typeof DeleteConfResult];

export const ModifyConfResult = {
  OK: 0,
  ResourceNotAvailable: 1,
  ConferenceNotExist: 2,
  InvalidParameter: 3,
  MoreActiveCallsThanReserved: 4,
  InvalidResourceType: 5,
  SystemErr: 6,
} as const;
export type ModifyConfResult = (typeof ModifyConfResult)[keyof typeof ModifyConfResult];

export const AuditParticipantResult = {
  OK: 0,
  ConferenceNotExist: 1,
} as const;
export type AuditParticipantResult =
  (typeof AuditParticipantResult)[keyof typeof AuditParticipantResult];

export const MediaStatus = {
  Ok: 0,
  Unknown: 1,
  NotEnoughChannels: 2,
  CodecTooComplex: 3,
  InvalidPartyID: 4,
  InvalidCallRef: 5,
  InvalidCodec: 6,
  InvalidPacketSize: 7,
  OutOfSockets: 8,
  EncoderOrDecoderFailed: 9,
  InvalidDynamicPayloadType: 10,
  RequestedIpAddrTypeUnAvailable: 11,
  DeviceOnHook: 255,
} as const;
export type MediaStatus = (typeof MediaStatus)[keyof typeof MediaStatus];

export const ResetType = {
  RESET: 1,
  RESTART: 2,
  APPLY_CONFIG: 3,
} as const;
export type ResetType = (typeof ResetType)[keyof typeof ResetType];

export const UnregisterStatus = {
  Ok: 0,
  Error: 1,
  NAK: 2,
} as const;
export type UnregisterStatus = (typeof UnregisterStatus)[keyof typeof UnregisterStatus];

export const KeyPadButton = {
  Zero: 0,
  One: 1,
  Two: 2,
  Three: 3,
  Four: 4,
  Five: 5,
  Six: 6,
  Seven: 7,
  Eight: 8,
  Nine: 9,
  A: 10,
  B: 11,
  C: 12,
  D: 13,
  Star: 14,
  Pound: 15,
  Plus: 16,
} as const;
export type KeyPadButton = (typeof KeyPadButton)[keyof typeof KeyPadButton];

export const SequenceFlag = {
  Sequence_First: 0,
  Sequence_More: 1,
  Sequence_Last: 2,
} as const;
export type SequenceFlag = (typeof SequenceFlag)[keyof typeof SequenceFlag];

export const AlarmSeverity = {
  Critical: 0,
  Major: 7,
  Minor: 8,
  Warning: 1,
  Marginal: 10,
  Unknown: 4,
  Informational: 2,
  TraceInfo: 20,
} as const;
export type AlarmSeverity = (typeof AlarmSeverity)[keyof typeof AlarmSeverity];

export const ResourceType = {
  Conference: 0,
  IVR: 1,
} as const;
export type ResourceType = (typeof ResourceType)[keyof typeof ResourceType];

/** 1-based places of the standard template; ours has RmLstC at 19 and cBarge at 31. */
export const SoftKeyTemplateIndex = {
  Redial: 1,
  NewCall: 2,
  Hold: 3,
  Transfer: 4,
  CfwdAll: 5,
  CfwdBusy: 6,
  CfwdNoAnswer: 7,
  BackSpace: 8,
  EndCall: 9,
  Resume: 10,
  Answer: 11,
  Info: 12,
  Confrn: 13,
  Park: 14,
  Join: 15,
  MeetMe: 16,
  PickUp: 17,
  GrpPickup: 18,
  Monitor: 19,
  CallBack: 20,
  Barge: 21,
  DND: 22,
  ConfList: 23,
  Select: 24,
  Private: 25,
  Trnsfvm: 26,
  DirTrfr: 27,
  IDivert: 28,
  VideoMode: 29,
  Intrcpt: 30,
  Empty: 31,
  Dial: 32,
  CBarge: 33,
} as const;
export type SoftKeyTemplateIndex = (typeof SoftKeyTemplateIndex)[keyof typeof SoftKeyTemplateIndex];

export const ToneOutputDirection = {
  User: 0,
  Network: 1,
  All: 2,
} as const;
export type ToneOutputDirection = (typeof ToneOutputDirection)[keyof typeof ToneOutputDirection];

export const MicrophoneMode = {
  On: 1,
  Off: 2,
} as const;
export type MicrophoneMode = (typeof MicrophoneMode)[keyof typeof MicrophoneMode];

export const HeadsetMode = {
  On: 1,
  Off: 2,
} as const;
export type HeadsetMode = (typeof HeadsetMode)[keyof typeof HeadsetMode];

export const CallPrivacy = {
  None: 0,
  Limited: 1,
  Full: 2,
} as const;
export type CallPrivacy = (typeof CallPrivacy)[keyof typeof CallPrivacy];

export const PortHandling = {
  CLOSE_PORT: 0,
  KEEP_PORT: 1,
} as const;
export type PortHandling = (typeof PortHandling)[keyof typeof PortHandling];

export const IpAddressType = {
  Ipv4: 0,
  Ipv6: 1,
  Ipv4_v6: 2,
  Ip_Invalid: 3,
} as const;
export type IpAddressType = (typeof IpAddressType)[keyof typeof IpAddressType];

export const MediaType = {
  Invalid: 0,
  Audio: 1,
  Main_Video: 2,
  FECC: 3,
  Presentation_Video: 4,
  DataApp_BFCP: 5,
  DataApp_IXChannel: 6,
  T38: 7,
  Max: 8,
} as const;
export type MediaType = (typeof MediaType)[keyof typeof MediaType];

export const MediaTransportType = {
  RTP: 1,
  UDP: 2,
  TCP: 3,
} as const;
export type MediaTransportType = (typeof MediaTransportType)[keyof typeof MediaTransportType];

export const MediaPathId = {
  Headset: 1,
  Handset: 2,
  Speaker: 3,
} as const;
export type MediaPathId = (typeof MediaPathId)[keyof typeof MediaPathId];

export const MediaPathEvent = {
  On: 1,
  Off: 2,
} as const;
export type MediaPathEvent = (typeof MediaPathEvent)[keyof typeof MediaPathEvent];

export const MediaPathCapabilities = {
  Enable: 1,
  Disable: 2,
  Monitor: 3,
} as const;
export type MediaPathCapabilities =
  (typeof MediaPathCapabilities)[keyof typeof MediaPathCapabilities];

export const EchoCancellation = {
  Off: 0,
  On: 1,
} as const;
export type EchoCancellation = (typeof EchoCancellation)[keyof typeof EchoCancellation];

export const SilenceSuppression = {
  Off: 0,
  On: 1,
} as const;
export type SilenceSuppression = (typeof SilenceSuppression)[keyof typeof SilenceSuppression];

export const StatsProcessing = {
  clearStats: 0,
  doNotClearStats: 1,
} as const;
export type StatsProcessing = (typeof StatsProcessing)[keyof typeof StatsProcessing];

export const UnregisterReason = {
  Unknown: 0,
  PowerSaveMode: 1,
} as const;
export type UnregisterReason = (typeof UnregisterReason)[keyof typeof UnregisterReason];

export const CallHistoryDisposition = {
  UnknownDisp: 65535,
  Ignore: 0,
  PlacedCalls: 1,
  ReceivedCalls: 2,
  MissedCalls: 3,
} as const;
export type CallHistoryDisposition =
  (typeof CallHistoryDisposition)[keyof typeof CallHistoryDisposition];

export const RecordingStatus = {
  Off: 0,
  On: 1,
} as const;
export type RecordingStatus = (typeof RecordingStatus)[keyof typeof RecordingStatus];

export const EndOfAnnouncementAck = {
  NoAnnAckRequired: 0,
  AnnAckRequired: 1,
} as const;
export type EndOfAnnouncementAck = (typeof EndOfAnnouncementAck)[keyof typeof EndOfAnnouncementAck];

export const AnnouncementPlayMode = {
  XmlConfigMode: 0,
  OneShotMode: 1,
  ContinuousMode: 2,
} as const;
export type AnnouncementPlayMode = (typeof AnnouncementPlayMode)[keyof typeof AnnouncementPlayMode];

export const PlayAnnouncementStatus = {
  OK: 0,
  Err: 1,
} as const;
export type PlayAnnouncementStatus =
  (typeof PlayAnnouncementStatus)[keyof typeof PlayAnnouncementStatus];

export const SubscriptionFeature = {
  BLF: 1,
} as const;
export type SubscriptionFeature = (typeof SubscriptionFeature)[keyof typeof SubscriptionFeature];

export const SubscribeCause = {
  OK: 0,
  RouteFail: 1,
  AuthFail: 2,
  Timeout: 3,
  TrunkTerm: 4,
  TrunkForbidden: 5,
  Throttle: 6,
} as const;
export type SubscribeCause = (typeof SubscribeCause)[keyof typeof SubscribeCause];

/** Flags of a device at registration. */
export const PhoneFeatures = {
  Bit1: 0x1,
  Bit2: 0x2,
  Bit3: 0x4,
  Bit4: 0x8,
  UTF8: 0x10,
  Bit6: 0x20,
  Bit7: 0x40,
  DynamicMessages: 0x80,
  Bit9: 0x100,
  RFC2833: 0x200,
  Bit11: 0x400,
  Bit12: 0x800,
  Bit13: 0x1000,
  Bit14: 0x2000,
  Bit15: 0x4000,
  Abbreviated_Dial: 0x8000,
} as const;
export type PhoneFeatures = (typeof PhoneFeatures)[keyof typeof PhoneFeatures];

/** Flags of `partyPIRestrictionBits`: what a phone must not show. */
export const RestrictInformation = {
  CallingPartyName: 0x1,
  CallingPartyNumber: 0x2,
  CallingParty: 0x3,
  CalledPartyName: 0x4,
  CalledPartyNumber: 0x8,
  CalledParty: 0xc,
  OriginalCalledPartyName: 0x10,
  OriginalCalledPartyNumber: 0x20,
  OriginalCalledParty: 0x30,
  LastRedirectPartyName: 0x40,
  LastRedirectPartyNumber: 0x80,
  LastRedirectParty: 0xc0,
  BitsReserved: 0xffffff00,
} as const;
export type RestrictInformation = (typeof RestrictInformation)[keyof typeof RestrictInformation];

/** Flags of `lineType`. */
export const LineType = {
  OrigDialed: 0x1,
  RedirDialed: 0x2,
  CallingPartyNumber: 0x4,
  CallingPartyName: 0x8,
} as const;
export type LineType = (typeof LineType)[keyof typeof LineType];
