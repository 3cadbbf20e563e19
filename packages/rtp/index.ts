export { IncomingStream, type IncomingStreamOptions } from './incoming-stream.ts';
export { OutgoingHeader, type OutgoingHeaderOptions } from './outgoing-header.ts';
export { OutgoingStream, type OutgoingStreamOptions } from './outgoing-stream.ts';
export { PacketOpener, type Refusal, type StreamSource } from './packet-opener.ts';
export { PacketSealer } from './packet-sealer.ts';
export { type IncomingCounters, type IncomingPacket, Reception } from './reception.ts';
export { REPLAY_WINDOW_PACKETS, type ReplayVerdict, ReplayWindow } from './replay-window.ts';
export {
  decodeRtcp,
  encodeRtcp,
  type ReceptionReport,
  type RtcpCompound,
  type RtcpDecodeError,
  type RtcpReport,
  type SenderInfo,
} from './rtcp-packet.ts';
export {
  CSRC_COUNT_MAX,
  decodeRtpPacket,
  encodeRtpHeader,
  encodeRtpPacket,
  measureRtpHeader,
  PADDING_SIZE_MAX,
  RTP_HEADER_SIZE,
  RTP_PACKET_SIZE_MAX,
  type RtpDecodeError,
  type RtpExtension,
  type RtpHeader,
  type RtpPacket,
  sequenceNumberOf,
  ssrcOf,
  timestampOf,
} from './rtp-packet.ts';
export {
  estimateRolloverCounter,
  isNewerSequence,
  packetIndexOf,
  ROLLOVER_COUNTER_MAX,
  SEQUENCE_NUMBER_COUNT,
  sequenceDistance,
} from './sequence.ts';
export { type SrtcpError, SrtcpReceiver, SrtcpSender } from './srtcp.ts';
export {
  assertMasterKey,
  keySizeOf,
  SRTP_SUITES,
  type SrtpMasterKey,
  type SrtpSuite,
  saltSizeOf,
  tagSizeOf,
} from './srtp-key-derivation.ts';
export {
  RECEIVER_SOURCE_COUNT_MAX,
  type SrtpError,
  SrtpReceiver,
  type SrtpReceiverOptions,
} from './srtp-receiver.ts';
export { SENDER_SOURCE_COUNT_MAX, SrtpSender, type SrtpSenderOptions } from './srtp-sender.ts';
export { TelephoneEvents } from './telephone-event.ts';
