/**
 * A call detail record in the rules' own terms; `columns.ts` lays it out as a line of the CUCM format.
 */
import type { KnownLevel } from '../security/level.ts';

/** Cause values (domain 3.4, Q.850 and the vendor's own above 0xffff). */
export const CAUSE = {
  none: 0,
  unallocatedNumber: 1,
  normal: 16,
  userBusy: 17,
  callRejected: 21,
  destinationOutOfOrder: 27,
  temporaryFailure: 41,
  resourceUnavailable: 47,
  /** Below the minimum level of a meet-me number (CDR-04). */
  bearerCapabilityNotAvailable: 58,
  conferenceFull: 262144,
  /** The leg went on in a conference or with another party. */
  callSplit: 393216,
  /** Removed through the conference list or RmLstC (LST-04, LST-07). */
  conferenceDropAnyParty: 458752,
} as const;

/** OnBehalfOf values (domain 3.4). */
export const ON_BEHALF_OF = {
  unknown: 0,
  callPark: 3,
  conference: 4,
  meetMe: 6,
  transfer: 10,
  device: 12,
  callControl: 13,
  barge: 15,
} as const;

/** Redirect reasons (domain 3.4). */
export const REASON = {
  none: 0,
  transfer: 4,
  park: 7,
  parkPickup: 8,
  conference: 98,
  barge: 114,
} as const;

export interface RecordParty {
  /** Device name; absent for a side that never came to be. */
  readonly device?: string;
  /** Call reference of the leg; 0 when absent. */
  readonly leg: number;
  readonly number: string;
  readonly partition: string;
  /** Where the party's signalling came from. */
  readonly address?: string;
  /** Where it received media last. */
  readonly media?: { readonly address: string; readonly port: number };
  /** Payload capability number: 2 G.711 A-law, 4 G.711 µ-law. */
  readonly payloadCapability: number;
  readonly cause: number;
  readonly terminationOnBehalfOf: number;
  /** Conference that this side belongs to; 0 outside conferences. */
  readonly conversationId: number;
}

export interface CallDetailRecord {
  readonly globalCallId: number;
  readonly originatedMs: number;
  /** Absent when nobody answered. */
  readonly connectedMs?: number;
  readonly disconnectedMs: number;
  readonly originating: RecordParty;
  readonly destination: RecordParty;
  readonly originalCalledNumber: string;
  readonly finalCalledNumber: string;
  readonly lastRedirectNumber: string;
  readonly calledPartition: string;
  readonly redirectOnBehalfOf: number;
  readonly redirectReason: number;
  readonly joinOnBehalfOf: number;
  /** `ConfControllerDn=…;ConfControllerDeviceName=…` and the like (domain 3.5). */
  readonly comment: string;
  /** Highest level that the leg reached (CDR-01, D-21). */
  readonly securedStatus: KnownLevel;
  /** Level of the conference when the leg ended (CDR-02); absent outside conferences. */
  readonly conferenceSecuredStatus?: KnownLevel;
  /** Lowest level of the conference while the leg was in it; absent outside conferences. */
  readonly conferenceLowestSecuredStatus?: KnownLevel;
}
