/**
 * What an enterprise phone puts into the body of its REGISTER: that one registration stands for all of its
 * lines, as one always does here, and what it can do beside calls. Source: [observed] traces of
 * registrations.
 */
import {
  encodeText,
  formatRemoteccResponse,
  type PhoneOptions,
  parseRemotecc,
  REMOTECC_RESPONSE,
  type Reply,
  type SipRequest,
} from '@conclave/sip';

/** Undefined without such a body, and for one that cannot be read: the phone registers all the same. */
export function phoneOptionsIn(request: SipRequest): PhoneOptions | undefined {
  if (request.body.length === 0) return undefined;
  const parsed = parseRemotecc(request);
  if (!parsed.ok || parsed.value.length === 0) return undefined;
  const told = parsed.value.find((each) => each.type === 'options');
  return told?.type === 'options' ? told.options : { usages: [], flags: [] };
}

/** What we add to the first 200: of the phone's options those that we serve. */
export function bulkReply({
  combineMax,
  usages,
}: PhoneOptions): Required<Pick<Reply, 'headers' | 'body'>> {
  const served: PhoneOptions = {
    ...(combineMax !== undefined && { combineMax }),
    // Calls of other phones on a shared line are told without being asked for.
    usages: usages
      .filter(({ event, usage }) => event === 'dialog' && usage === 'shared line')
      .filter(({ isUnsolicited }) => isUnsolicited)
      .map((each) => ({ ...each, isSubscribed: false })),
    flags: [],
  };
  return {
    headers: [['Content-Type', REMOTECC_RESPONSE]],
    body: encodeText(formatRemoteccResponse(200, served)),
  };
}
