/** What a third-party client is told about itself and its server, whichever program it is. */

export type MediaSecurity =
  /** RTP only. */
  | 'none'
  /** SRTP if the other side has it. */
  | 'optional'
  /** SRTP or no call. */
  | 'mandatory';

export type ClientTransport = 'udp' | 'tcp' | 'tls';

export interface ClientOptions {
  /** User part of its address, such as `2001`. */
  readonly user: string;
  readonly transport: ClientTransport;
  readonly media: MediaSecurity;
  /** The tone that it plays from the answer on; absent plays silence. */
  readonly toneHz?: number;
  /** Answers calls by itself. */
  readonly autoAnswer?: boolean;
  /** Its only codec is G.722; absent: G.711. */
  readonly wideband?: boolean;
  readonly displayName?: string;
  /** Absent: registers nowhere, and is called by its address. */
  readonly registrar?: {
    readonly host: string;
    readonly port: number;
    /** The domain of its address; the registrar's host unless given. */
    readonly domain?: string;
    readonly authUser?: string;
    readonly password?: string;
    readonly expiresSeconds?: number;
  };
  readonly tls?: {
    /** PEM of the authority that it trusts. */
    readonly trust: string;
    /** PEM of its own certificate and key: for its TLS port, and to prove itself. */
    readonly certificate?: string;
    readonly key?: string;
  };
}

export function domainOf({ registrar }: ClientOptions, own: string): string {
  return registrar ? (registrar.domain ?? registrar.host) : own;
}
