/**
 * Call-Info of the enterprise dialect: to a phone the level and the labels of a call, from a phone what its user
 * does with the call. Source: [doc], [observed] traces (blanks behind the equals signs are theirs).
 */
import { addressesOf } from './fields.ts';
import type { SipMessage } from './message.ts';
import type { Parameters } from './parameters.ts';
import { schemeOf } from './uri.ts';

const URN = 'urn:x-cisco-remotecc:';

const SECURITIES = ['Unknown', 'NotAuthenticated', 'Authenticated', 'Encrypted'] as const;

export interface EnterpriseCallInfo {
  /** The phone shows this level, whatever its own leg has. Absent: unknown. */
  readonly security?: (typeof SECURITIES)[number];
  /** `From X`, or `To X` as in every conference. */
  readonly orientation?: 'from' | 'to';
  /** In place of a failure: the phone shows busy and stays. */
  readonly uiState?: 'ringout' | 'connected' | 'busy';
  /** Number in the call's bubble. */
  readonly callInstance?: number;
  /** The same on all legs of a call: `node-call`. */
  readonly globalCallId?: string;
  readonly priority?: 'urgent' | 'emergency';
}

export type PhoneCallAction =
  | {
      readonly type: 'hold';
      /** Why: absent when the user pressed Hold. */
      readonly reason?: 'transfer' | 'conference';
      readonly isSwap: boolean;
    }
  | { readonly type: 'resume' | 'barge' | 'cbarge' };

export function formatCallInfo(info: EnterpriseCallInfo): string {
  const { security, orientation, uiState, callInstance, globalCallId, priority } = info;
  const parameters = [
    security && `security= ${security}`,
    orientation && `orientation= ${orientation}`,
    uiState && `ui-state= ${uiState}`,
    globalCallId && `gci= ${globalCallId}`,
    priority && `priority= ${priority}`,
    'isVoip',
    callInstance !== undefined && `call-instance= ${callInstance}`,
  ];
  return [`<${URN}callinfo>`, ...parameters.filter((each) => each)].join('; ');
}

/** The level that the other side tells of its party; absent: none, or none that is known. */
export function securityOf(message: SipMessage): EnterpriseCallInfo['security'] {
  for (const { uri, parameters } of addressesOf(message, 'Call-Info') ?? []) {
    if (uri.scheme !== 'other' || uri.text.toLowerCase() !== `${URN}callinfo`) continue;
    const said = parameters.get('security')?.toLowerCase();
    return SECURITIES.find((each) => each.toLowerCase() === said);
  }
  return undefined;
}

/** What the phone says that its user does; absent if it says nothing of the kind. */
export function phoneCallActionOf(message: SipMessage): PhoneCallAction | undefined {
  for (const { uri, parameters } of addressesOf(message, 'Call-Info') ?? []) {
    if (uri.scheme !== 'other' || schemeOf(uri) !== 'urn') continue;
    const text = uri.text.toLowerCase();
    const action = text.startsWith(URN) && actionOf(text.slice(URN.length), parameters);
    if (action) return action;
  }
  return undefined;
}

function actionOf(name: string, parameters: Parameters): PhoneCallAction | undefined {
  switch (name) {
    case 'hold': {
      const reason = parameters.get('reason')?.toLowerCase();
      const isSwap = parameters.get('operation')?.toLowerCase() === 'swap';
      const isKnown = reason === 'transfer' || reason === 'conference';
      return { type: 'hold', ...(isKnown && { reason }), isSwap };
    }
    case 'resume':
    case 'barge':
    case 'cbarge':
      return { type: name };
    default:
      return undefined;
  }
}
