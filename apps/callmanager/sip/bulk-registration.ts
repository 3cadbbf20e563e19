/**
 * What an enterprise phone puts into the body of its REGISTER: that one registration stands for all of its
 * lines, and what it can do beside calls. Source: [observed] traces of registrations.
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

export interface BulkRegistration {
  readonly isForAllLines: boolean;
  readonly options: PhoneOptions;
}

const NO_OPTIONS: PhoneOptions = { usages: [], flags: [] };

/** Undefined without such a body, and for one that cannot be read: the phone registers all the same. */
export function bulkRegistrationIn(request: SipRequest): BulkRegistration | undefined {
  if (request.body.length === 0) return undefined;
  const parsed = parseRemotecc(request);
  if (!parsed.ok || parsed.value.length === 0) return undefined;
  const told = parsed.value.find((each) => each.type === 'options');
  return {
    isForAllLines: parsed.value.some(({ type }) => type === 'register-all'),
    options: told?.type === 'options' ? told.options : NO_OPTIONS,
  };
}

/** What we add to the first 200: of the phone's options those that we serve. */
export function bulkReply({
  options,
}: BulkRegistration): Required<Pick<Reply, 'headers' | 'body'>> {
  const { combineMax } = options;
  const served = { ...NO_OPTIONS, ...(combineMax !== undefined && { combineMax }) };
  return {
    headers: [['Content-Type', REMOTECC_RESPONSE]],
    body: encodeText(formatRemoteccResponse(200, served)),
  };
}
