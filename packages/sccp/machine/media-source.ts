/**
 * Who will send on a receive channel, as far as OpenReceiveChannel says it. That matters for streams
 * of one direction, such as music on hold: no StartMediaTransmission names the other end.
 */
import type { Body } from '../wire/types.ts';

const ANY_ADDRESSES: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

export interface MediaSource {
  readonly address: string;
  /** 0 is any port of the address. */
  readonly port: number;
}

/** Undefined where it is not said, as before version 11. */
export function sourceOf(body: Body<'OpenReceiveChannel'>): MediaSource | undefined {
  const { sourceIpAddr = '', sourcePortNumber = 0 } = body;
  if (ANY_ADDRESSES.has(sourceIpAddr)) return undefined;
  return { address: sourceIpAddr, port: sourcePortNumber };
}
