/**
 * The dialog that a Replaces or Join header names. Source: [rfc] RFC 3891, RFC 3911.
 */
import { fail, ok, type Result } from '@conclave/base';
import type { SipRequest } from '../wire/message.ts';
import { parseParameters } from '../wire/parameters.ts';
import { dialogKey } from './dialog.ts';
import type { DialogHolder } from './session-state.ts';
import type { NamedSession } from './user-agent-types.ts';

/** Undefined: the request names none. */
export function nameSession(
  request: SipRequest,
  find: (key: string) => DialogHolder | undefined,
): Result<NamedSession | undefined, '400' | '481' | '486' | '603'> {
  const replaces = request.headers.all('Replaces');
  const join = request.headers.all('Join');
  if (replaces.length + join.length === 0) return ok(undefined);
  if (replaces.length + join.length > 1) return fail('400');
  const type = replaces.length > 0 ? 'replaces' : 'join';
  const value = replaces[0] ?? join[0] ?? '';
  const semicolon = value.indexOf(';');
  const parameters = parseParameters(semicolon < 0 ? '' : value.slice(semicolon));
  if (!parameters.ok) return fail('400');
  const callId = value.slice(0, Math.max(semicolon, 0)).trim();
  const [to, from] = [parameters.value.get('to-tag'), parameters.value.get('from-tag')];
  if (callId === '' || to === undefined || from === undefined) return fail('400');
  // Who watched a phone of ours knows the dialog by that phone's tags.
  const own = find(dialogKey(callId, to, from))?.session;
  const session = own ?? find(dialogKey(callId, from, to))?.session;
  if (!session) return fail('481');
  if (session.phase === 'ending' || session.phase === 'ended') return fail('603');
  const isEarlyOnly = parameters.value.has('early-only');
  if (isEarlyOnly && session.phase === 'confirmed') return fail('486');
  return ok({ type, session: session.id, isSwapped: !own, isEarlyOnly });
}
