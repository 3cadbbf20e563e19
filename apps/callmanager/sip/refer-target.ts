/** What a Refer-To asks for. Source: [rfc] RFC 3515 §2.1, RFC 3891 §3, RFC 4579 §5.5 ... §5.11. */
import { addressOf, parseParameters, type SipRequest } from '@conclave/sip';

export interface ReplacedDialog {
  readonly callId: string;
  /** Tag of the end that is asked to replace it: for calls of our phones, ours. */
  readonly toTag: string;
  readonly fromTag: string;
}

export interface ReferTarget {
  /** The number or user. */
  readonly user: string;
  /** `INVITE` unless the URI says otherwise; `BYE` takes somebody out. */
  readonly method: string;
  readonly replaces?: ReplacedDialog;
}

/** Undefined: there is none, or none that can be read. */
export function referTarget(request: SipRequest): ReferTarget | undefined {
  const uri = addressOf(request, 'Refer-To')?.uri;
  if (!uri || uri.scheme === 'other') return undefined;
  const method = (uri.parameters.get('method') ?? 'INVITE').toUpperCase();
  if (uri.scheme === 'tel') return { user: uri.number, method };
  const embedded = headerIn(uri.headers ?? '', 'replaces');
  const replaces = embedded === undefined ? undefined : parseReplaces(embedded);
  if (embedded !== undefined && !replaces) return undefined;
  return { user: uri.user ?? '', method, ...(replaces && { replaces }) };
}

function headerIn(headers: string, wanted: string): string | undefined {
  for (const each of headers.split('&')) {
    const [name = '', ...value] = each.split('=');
    if (name.toLowerCase() === wanted) return unescaped(value.join('='));
  }
  return undefined;
}

function parseReplaces(value: string): ReplacedDialog | undefined {
  const [callId = '', ...rest] = value.split(';');
  const parameters = parseParameters(rest.length === 0 ? '' : `;${rest.join(';')}`);
  if (!parameters.ok) return undefined;
  const toTag = parameters.value.get('to-tag');
  const fromTag = parameters.value.get('from-tag');
  if (callId === '' || toTag === undefined || fromTag === undefined) return undefined;
  return { callId, toTag, fromTag };
}

/** %-escapes taken off; text with bad ones stays as it is. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
