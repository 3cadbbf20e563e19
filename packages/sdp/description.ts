/**
 * A session description as a value. Attributes keep their order, known or not; lines that nobody needs in
 * a call (bandwidth, e-mail, keys in `k=`) are not kept.
 * Source: [rfc] RFC 8866 §5.
 */

export interface Attribute {
  readonly name: string;
  /** Absent for a property attribute such as `sendrecv`. */
  readonly value?: string;
}

export interface ConnectionData {
  readonly family: 'IP4' | 'IP6';
  /** Literal address or name, without TTL. */
  readonly address: string;
}

export interface Origin {
  readonly username: string;
  readonly sessionId: string;
  readonly version: string;
  readonly connection: ConnectionData;
}

export interface MediaDescription {
  /** Such as `audio`. */
  readonly media: string;
  /** 0: not used. */
  readonly port: number;
  /** Such as `RTP/SAVP`, as written: an answer repeats it. */
  readonly protocol: string;
  /** Payload types for RTP. */
  readonly formats: readonly string[];
  readonly connection?: ConnectionData;
  readonly attributes: readonly Attribute[];
}

export interface SessionDescription {
  readonly origin: Origin;
  readonly name: string;
  readonly connection?: ConnectionData;
  /** Of the first `t=`: an answer repeats the offer's (RFC 3264 §6). */
  readonly timing: string;
  readonly attributes: readonly Attribute[];
  readonly media: readonly MediaDescription[];
}

export const SDP_BYTES_MAX = 64 * 1024;

/** Lines beyond these make a description unreadable; phones send a few dozen. */
export const SDP_LINES_MAX = 1_000;

/** As many m-lines an answer of ours repeats. */
export const MEDIA_SECTIONS_MAX = 32;

/** For ever: calls are not scheduled. */
export const NO_TIMING = '0 0';

/** The first attribute of this name. */
export function attributeOf(
  { attributes }: { readonly attributes: readonly Attribute[] },
  name: string,
): Attribute | undefined {
  return attributes.find((each) => each.name === name);
}
