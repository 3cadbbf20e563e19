/**
 * Subscriptions: as notifier, which conferences and transfers need, and as subscriber.
 *
 * One NOTIFY of a subscription is on its way at a time; of those that come up meanwhile only the newest
 * is sent, as each says the whole present state. Source: [rfc] RFC 6665, RFC 3515, RFC 4488.
 */
import type { SipRequest, SipResponse } from '../wire/message.ts';
import { encodeText } from '../wire/text.ts';
import { dialogOfClient, dialogOfServer } from './dialog.ts';
import type { Field } from './hop-request.ts';
import { parameterIn, secondsOf, sequenceOf, tagOf } from './message-parts.ts';
import { phraseOf } from './response.ts';
import { fieldsOf, sendIn } from './session-common.ts';
import type { Reply } from './session-events.ts';
import { type DialogHolder, NEVER, type SessionHost } from './session-state.ts';
import type { Subscription } from './subscription-state.ts';
import { LIFETIME_MS } from './transaction.ts';
import type { Destination, Notification, SubscriptionEvent } from './user-agent-types.ts';

/** For a SUBSCRIBE without Expires, and the most that a refresh is granted. */
const SECONDS_MAX = 3600;

/** After an unsubscribe the user has this long to say the last state. */
const CLOSE_WITHIN_MS = 5_000;

/** Subscriptions in one dialog. */
const IN_DIALOG_MAX = 16;

/** The package and id of an Event header, as the key of a subscription in its dialog. */
export function eventKey(event: string): string {
  const name = (event.split(';')[0] ?? '').trim().toLowerCase();
  const id = parameterIn(event, 'id') ?? '';
  return id === '' ? name : `${name};id=${id}`;
}

/** 2xx to the SUBSCRIBE or REFER; undefined if it makes no subscription. */
export function acceptSubscription(
  host: SessionHost,
  transaction: number,
  accept: Reply & { readonly seconds: number },
  nowMs: number,
): Subscription | undefined {
  const request = host.layer.requestOf(transaction);
  const flow = host.layer.flowOf(transaction);
  if (!request || !flow) return undefined;
  const isRefer = request.method === 'REFER';
  const holder = host.holderOf(request) ?? newHolder(host, request, flow);
  const headers: Field[] = [...fieldsOf(accept)];
  if (isRefer && isSilent(request)) {
    headers.push(['Refer-Sub', 'false']);
    host.reply(holder, transaction, 202, { ...accept, headers }, nowMs);
    return undefined;
  }
  if (!isRefer) headers.push(['Expires', String(accept.seconds)]);
  if ((holder.subscriptions?.size ?? 0) >= IN_DIALOG_MAX) {
    host.reply(holder, transaction, 503, {}, nowMs);
    return undefined;
  }
  host.reply(holder, transaction, isRefer ? 202 : 200, { ...accept, headers }, nowMs);
  const event = isRefer ? referEvent(holder, request) : (request.headers.get('Event') ?? '');
  const subscription = newSubscription(host.nextId(), 'notifier', event);
  attach(host, subscription, holder);
  const isFetch = !isRefer && accept.seconds === 0;
  subscription.state = isFetch ? 'closing' : 'active';
  subscription.expiresAtMs = nowMs + (isFetch ? CLOSE_WITHIN_MS : 1000 * accept.seconds);
  if (isRefer) notify(host, subscription, referred(100, phraseOf(100)), nowMs);
  return subscription;
}

/** Says the present state; a last one ends the subscription. */
export function notify(
  host: SessionHost,
  subscription: Subscription,
  notification: Notification,
  nowMs: number,
): boolean {
  const { holder, state } = subscription;
  if (!holder || state === 'ended' || subscription.role !== 'notifier') return false;
  const isLast = state === 'closing' && notification.state !== 'terminated';
  const said: Notification = isLast
    ? { ...notification, state: 'terminated', reason: 'timeout' }
    : notification;
  if (subscription.isNotifying) {
    if (subscription.next?.state !== 'terminated') subscription.next = said;
    return true;
  }
  sendNotify(host, subscription, holder, said, nowMs);
  host.settleSubscription(subscription);
  return true;
}

/** How a REFER goes (RFC 3515 §2.4.5). */
export function referred(status: number, phrase: string): Notification {
  const headers = [['Content-Type', 'message/sipfrag;version=2.0']] as const;
  const body = encodeText(`SIP/2.0 ${status} ${phrase}\r\n`);
  if (status < 200) return { state: 'active', headers, body };
  return { state: 'terminated', reason: 'noresource', headers, body };
}

/** The subscriber's SUBSCRIBE in its dialog. */
export function onRefresh(
  host: SessionHost,
  subscription: Subscription,
  request: SipRequest,
  transaction: number,
  nowMs: number,
): void {
  const asked = secondsOf(request.headers, 'Expires') ?? SECONDS_MAX;
  const seconds = Math.min(asked, SECONDS_MAX);
  const headers = [['Expires', String(seconds)]] as const;
  host.reply(subscription.holder, transaction, 200, { headers }, nowMs);
  subscription.state = seconds === 0 ? 'closing' : 'active';
  subscription.expiresAtMs = nowMs + (seconds === 0 ? CLOSE_WITHIN_MS : 1000 * seconds);
  host.tellSubscription(subscription, { type: 'refreshed', seconds, request });
  host.settleSubscription(subscription);
}

/** A SUBSCRIBE or REFER of ours is on its way. */
export function subscribed(id: number, request: SipRequest): Subscription | undefined {
  const { headers, method } = request;
  if (method === 'REFER' && isSilent(request)) return undefined;
  const event = method === 'REFER' ? 'refer' : (headers.get('Event') ?? '');
  const subscription = newSubscription(
    id,
    'subscriber',
    event,
    matchKeyOf(headers.get('Call-ID'), tagOf(headers, 'From')),
  );
  subscription.isAsking = true;
  return subscription;
}

/** Finds a subscription by the first NOTIFY, whose sender's tag is not known yet. */
export function matchKeyOf(callId: string | undefined, localTag: string): string {
  return `${callId ?? ''} ${localTag}`;
}

/** The outcome of the first SUBSCRIBE or REFER. */
export function onSubscribed(
  host: SessionHost,
  subscription: Subscription,
  request: SipRequest,
  outcome: { readonly response: SipResponse | undefined; readonly destination: Destination },
  nowMs: number,
): void {
  const { response, destination } = outcome;
  subscription.isAsking = false;
  if (subscription.state === 'ended') return;
  if (!response || response.status >= 300) {
    end(host, subscription, {
      type: 'ended',
      reason: 'refused',
      ...(response ? { response } : {}),
    });
    return;
  }
  host.tellSubscription(subscription, { type: 'accepted', response });
  if ((response.headers.get('Refer-Sub') ?? '').trim().toLowerCase() === 'false') {
    end(host, subscription, { type: 'ended', reason: 'terminated' });
    return;
  }
  if (!subscription.holder) {
    const flow = 'flow' in destination ? destination.flow : undefined;
    const routing = flow ? 'flow' : 'dialog';
    const dialog = dialogOfClient(request, response);
    attach(host, subscription, {
      dialog,
      flow,
      routing,
      session: undefined,
      subscriptions: undefined,
    });
    // Until the first NOTIFY says how long it lives: timer N.
    subscription.expiresAtMs = nowMs + LIFETIME_MS;
  }
  host.settleSubscription(subscription);
}

/** A NOTIFY for this subscription, which is answered. */
export function onNotify(
  host: SessionHost,
  subscription: Subscription,
  request: SipRequest,
  origin: { readonly transaction: number; readonly flow: DialogHolder['flow'] },
  nowMs: number,
): void {
  if (!subscription.holder) {
    const localTag = tagOf(request.headers, 'To');
    const localSequence = 1;
    const dialog = { ...dialogOfServer(request, localTag), localSequence };
    const { flow } = origin;
    attach(host, subscription, {
      dialog,
      flow,
      routing: 'flow',
      session: undefined,
      subscriptions: undefined,
    });
  }
  host.reply(subscription.holder, origin.transaction, 200, {}, nowMs);
  host.tellSubscription(subscription, { type: 'notified', request });
  const state = request.headers.get('Subscription-State') ?? '';
  if (/^\s*terminated/i.test(state)) {
    end(host, subscription, { type: 'ended', reason: 'terminated' });
    return;
  }
  const seconds = Number(parameterIn(state, 'expires') ?? SECONDS_MAX);
  const known = Number.isFinite(seconds) ? Math.min(seconds, SECONDS_MAX) : SECONDS_MAX;
  subscription.expiresAtMs = nowMs + 1000 * known + LIFETIME_MS;
  host.settleSubscription(subscription);
}

export function resubscribe(
  host: SessionHost,
  subscription: Subscription,
  seconds: number,
  nowMs: number,
): boolean {
  const { holder } = subscription;
  if (!holder || subscription.role !== 'subscriber' || subscription.isAsking) return false;
  subscription.isAsking = true;
  const fields: Field[] = [
    ['Event', subscription.event],
    ['Expires', String(seconds)],
  ];
  sendIn(
    host,
    holder,
    { method: 'SUBSCRIBE', fields },
    (status, response) => {
      if (status < 200) return;
      subscription.isAsking = false;
      if (subscription.state === 'ended') return;
      if (status >= 300)
        end(host, subscription, {
          type: 'ended',
          reason: 'gone',
          ...(response ? { response } : {}),
        });
      else if (response) host.tellSubscription(subscription, { type: 'accepted', response });
    },
    nowMs,
  );
  return true;
}

/** Its time is over. */
export function expire(host: SessionHost, subscription: Subscription, nowMs: number): void {
  const event: SubscriptionEvent = { type: 'ended', reason: 'expired' };
  if (subscription.role === 'notifier' && subscription.holder && !subscription.isNotifying) {
    sendNotify(
      host,
      subscription,
      subscription.holder,
      { state: 'terminated', reason: 'timeout' },
      nowMs,
    );
  }
  end(host, subscription, event);
}

export function end(host: SessionHost, subscription: Subscription, event: SubscriptionEvent): void {
  if (subscription.state === 'ended') return;
  subscription.state = 'ended';
  subscription.expiresAtMs = NEVER;
  const { holder } = subscription;
  if (holder) {
    holder.subscriptions?.delete(eventKey(subscription.event));
    host.release(holder);
  }
  host.tellSubscription(subscription, event);
  host.settleSubscription(subscription);
}

function sendNotify(
  host: SessionHost,
  subscription: Subscription,
  holder: DialogHolder,
  notification: Notification,
  nowMs: number,
): void {
  const isLast = notification.state === 'terminated';
  const left = Math.max(0, Math.ceil((subscription.expiresAtMs - nowMs) / 1000));
  const reason = notification.reason === undefined ? '' : `;reason=${notification.reason}`;
  const state = isLast ? `terminated${reason}` : `${notification.state};expires=${left}`;
  const fields: Field[] = [
    ['Event', subscription.event],
    ['Subscription-State', state],
    ...fieldsOf(notification),
  ];
  subscription.isNotifying = true;
  const { body } = notification;
  sendIn(
    host,
    holder,
    { method: 'NOTIFY', fields, ...(body ? { body } : {}) },
    (status, response, now) => {
      if (status < 200) return;
      subscription.isNotifying = false;
      if (subscription.state === 'ended') return;
      const refused = response ? { response } : {};
      if (status >= 300) end(host, subscription, { type: 'ended', reason: 'gone', ...refused });
      else if (isLast) end(host, subscription, { type: 'ended', reason: 'terminated' });
      else notifyNext(host, subscription, holder, now);
    },
    nowMs,
  );
}

function notifyNext(
  host: SessionHost,
  subscription: Subscription,
  holder: DialogHolder,
  nowMs: number,
): void {
  const { next } = subscription;
  subscription.next = undefined;
  if (next) sendNotify(host, subscription, holder, next, nowMs);
}

function attach(host: SessionHost, subscription: Subscription, holder: DialogHolder): void {
  subscription.holder = holder;
  holder.subscriptions ??= new Map();
  holder.subscriptions.set(eventKey(subscription.event), subscription);
  host.hold(holder);
}

/** A second REFER in a dialog is told apart by its number (RFC 3515 §2.4.6). */
function referEvent(holder: DialogHolder, request: SipRequest): string {
  if (!holder.subscriptions?.has('refer')) return 'refer';
  return `refer;id=${sequenceOf(request.headers)?.number ?? 0}`;
}

/** RFC 4488: no subscription is wanted. */
function isSilent({ headers }: SipRequest): boolean {
  return (headers.get('Refer-Sub') ?? '').trim().toLowerCase().startsWith('false');
}

function newHolder(
  host: SessionHost,
  request: SipRequest,
  flow: DialogHolder['flow'],
): DialogHolder {
  const dialog = dialogOfServer(request, host.token());
  return { dialog, flow, routing: 'flow', session: undefined, subscriptions: undefined };
}

function newSubscription(
  id: number,
  role: Subscription['role'],
  event: string,
  matchKey = '',
): Subscription {
  return {
    id,
    role,
    event,
    holder: undefined,
    matchKey,
    state: 'active',
    expiresAtMs: NEVER,
    isNotifying: false,
    next: undefined,
    isAsking: false,
    deadlineMs: NEVER,
    place: -1,
  };
}
