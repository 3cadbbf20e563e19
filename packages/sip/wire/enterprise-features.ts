/**
 * What an enterprise phone can do, from the tags in its Supported, and the numbers that it calls for what has
 * no request of its own. Source: [doc], [observed] traces of registrations.
 */

export interface EnterpriseFeatures {
  /** Takes Call-Info. */
  readonly callInfo: boolean;
  /** Promises to show the level that it is told: only such a phone is offered SRTP. */
  readonly showsLevel: boolean;
  /** Replaces display codes by words of its locale. */
  readonly displayCodes: boolean;
  /** Takes RTP for an answer where it offered SRTP. */
  readonly srtpFallback: boolean;
  /** Mixes a third party into a call by Join. */
  readonly builtInBridge: boolean;
  /** Shows lists with icons. */
  readonly iconLists: boolean;
}

export type EnterpriseService = 'meetme' | 'cfwdall' | 'pickup' | 'gpickup' | 'opickup';

/** `supported`: tokens in small letters. */
export function enterpriseFeatures(supported: readonly string[]): EnterpriseFeatures {
  return {
    callInfo: supported.includes('x-cisco-callinfo'),
    showsLevel: isAtLeast(supported, 'x-cisco-sis-', [2, 0, 0]),
    displayCodes: supported.includes('x-cisco-escapecodes'),
    srtpFallback: supported.includes('x-cisco-srtp-fallback'),
    builtInBridge: supported.includes('x-cisco-monrec'),
    iconLists: isAtLeast(supported, 'x-cisco-xsi-', [6, 0, 1]),
  };
}

/** The service that a called user stands for, and the number that goes with it; '' for none. */
export function enterpriseServiceOf(
  user: string,
): { readonly service: EnterpriseService; readonly number: string } | undefined {
  const found = /^x-cisco-serviceuri-(meetme|cfwdall|pickup|gpickup|opickup)(?:-(.+))?$/i.exec(
    user,
  );
  if (!found) return undefined;
  return { service: found[1]?.toLowerCase() as EnterpriseService, number: found[2] ?? '' };
}

function isAtLeast(
  supported: readonly string[],
  prefix: string,
  wanted: readonly number[],
): boolean {
  const tag = supported.find((each) => each.startsWith(prefix));
  if (tag === undefined) return false;
  const version = tag.slice(prefix.length).split('.').map(Number);
  const at = wanted.findIndex((number, index) => version[index] !== number);
  return at < 0 || (version[at] ?? 0) > (wanted[at] ?? 0);
}
