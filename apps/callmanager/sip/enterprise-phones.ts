/**
 * Enterprise phones beside their calls: the keys that they press as requests (REFER with remotecc), and what
 * they are shown and hear by requests of ours.
 */
import type { LegId, PhoneAction, PhoneEffect, Softkey, State } from '@conclave/core';
import {
  type DialogName,
  encodeText,
  formatCommands,
  formatDialogInfo,
  parseRemotecc,
  type RemoteccCommand,
  type RemoteccRequest,
  type RemoteSoftkey,
  rawText,
  type SipRequest,
  TOKEN_REGISTRATION,
} from '@conclave/sip';
import {
  conferenceListXml,
  LIST_APPLICATION_ID,
  listChoice,
} from '../adapters/conference-list-xml.ts';
import type { Phrases } from '../locale/phrases.ts';
import { addressOf, type Field } from './party-fields.ts';
import type { SipAgent } from './sip-agent.ts';
import type { SipLines } from './sip-lines.ts';
import type { SipPeer } from './sip-peer.ts';

export interface EnterprisePhonesPorts {
  readonly agent: SipAgent;
  readonly lines: SipLines;
  /** A word that nobody can guess. */
  readonly token: () => string;
  state(): State;
  phrasesOf(device: string): Phrases;
}

/** Keys that mean the same as a softkey of ours. */
const KEYS: Partial<Record<RemoteSoftkey, Softkey>> = {
  Select: 'select',
  Unselect: 'select',
  Join: 'join',
  ConfList: 'conf-list',
  ConfDetails: 'conf-list',
  RmLastConf: 'rm-last-conf',
  DirTrfr: 'direct-transfer',
  Park: 'park',
  ParkMonitor: 'park',
};

const TONES = { zip: 'DtZipZip', 'zip-zip': 'DtZipZip', 'beep-bonk': 'DtBeepBonk' } as const;

/** What a call shows by itself. */
const OWN_TEXTS: ReadonlySet<string> = new Set([
  ...['enter-number', 'connected', 'call-proceed', 'ring-out', 'hold', 'from', 'in-use-remote'],
]);

export class EnterprisePhones {
  readonly #ports: EnterprisePhonesPorts;
  #transaction = 0;
  /** Calls of other phones that a phone was told of. */
  readonly #appearances = new Set<string>();
  #version = 0;

  constructor(ports: EnterprisePhonesPorts) {
    this.#ports = ports;
  }

  /** Out of dialog. False: it is no request of this dialect. */
  refer(peer: SipPeer, transaction: number, request: SipRequest): boolean {
    if (request.headers.get('Refer-To')?.includes(TOKEN_REGISTRATION)) {
      this.#respond(transaction, 202);
      return true;
    }
    const { headers, body } = request;
    const parsed = parseRemotecc({ headers, body });
    if (parsed.ok && parsed.value.length === 0) return false;
    if (!parsed.ok) {
      this.#respond(transaction, 400);
      return true;
    }
    const subscription = this.#ports.agent.run((agent, nowMs) =>
      agent.acceptSubscription(transaction, { seconds: 60 }, nowMs),
    );
    const isDone = parsed.value.map((each) => this.#carryOut(peer, each)).every(Boolean);
    const status = isDone ? 200 : 500;
    this.#ports.agent.run((agent, nowMs) =>
      agent.notifyReferred(subscription, status, isDone ? 'OK' : 'Refused', nowMs),
    );
    return true;
  }

  /** What a phone is shown that is no part of a call's own signalling. */
  show(effect: PhoneEffect, peer: SipPeer): void {
    if (peer.isStandard || peer.isTrunk) return;
    const command = this.#commandOf(effect);
    if (command) this.#tell(peer, command);
    if (effect.type === 'call-state') this.#tellSharedLine(effect, peer);
  }

  /** What another phone has on a line that this one shares, by a dialog event that nobody asked for. */
  #tellSharedLine(
    { leg, line, state }: Extract<PhoneEffect, { type: 'call-state' }>,
    peer: SipPeer,
  ): void {
    const owner = this.#ports.state().legs.get(leg);
    const shown = `${peer.device}/${leg}`;
    const isOver = state === 'on-hook';
    if (isOver ? !this.#appearances.delete(shown) : !owner || owner.device === peer.device) return;
    if (!isOver) this.#appearances.add(shown);
    const { host } = peer.flow.local;
    const { phones } = this.#ports.state().configuration;
    const button = phones.get(peer.device)?.lines.find(({ index }) => index === line);
    const uri = `sip:${encodeURIComponent(button?.directoryNumber ?? '')}@${host}`;
    const dialog = this.#dialogOf(leg);
    this.#version += 1;
    const document = formatDialogInfo({
      version: this.#version,
      isFull: false,
      entity: uri,
      dialogs: [
        {
          id: String(leg),
          ...(dialog && { dialog }),
          state: isOver ? 'terminated' : 'confirmed',
          local: { uri, isHolding: state === 'hold' },
        },
      ],
    });
    const headers = [
      ['Event', 'dialog'],
      ['Subscription-State', 'active'],
      ['Content-Type', 'application/dialog-info+xml'],
    ] as const;
    this.#request(peer, 'NOTIFY', headers, encodeText(document));
  }

  #carryOut(peer: SipPeer, request: RemoteccRequest): boolean {
    switch (request.type) {
      case 'softkey':
        return this.#press(peer, request);
      case 'data': {
        const choice = listChoice(request.conference, request.data);
        if (!choice || request.applicationId !== LIST_APPLICATION_ID) return false;
        return this.#ask(peer, choice);
      }
      default:
        return false;
    }
  }

  #press(peer: SipPeer, request: Extract<RemoteccRequest, { type: 'softkey' }>): boolean {
    const leg = this.#legOf(peer, request.dialog);
    const known = this.#ports.state().legs.get(leg ?? 0);
    if (!known) return false;
    if (request.key === 'Conference') return this.#confer(peer, known.id, request);
    const key = KEYS[request.key];
    if (!key) return false;
    // The key turns the mark on and off; the phone has one request for each.
    const isMarked = known.selected === true;
    if (key === 'select' && isMarked === (request.key === 'Select')) return true;
    return this.#ask(peer, { type: 'softkey', key, line: known.line, leg: known.id });
  }

  /** The call that waits and the consultation become a conference; the phone still holds the first. */
  #confer(
    peer: SipPeer,
    leg: LegId,
    { dialog, consultation }: Extract<RemoteccRequest, { type: 'softkey' }>,
  ): boolean {
    const other = this.#legOf(peer, consultation);
    if (other === undefined || !dialog) return false;
    const second = this.#ports.state().legs.get(other);
    const isDone = this.#ask(
      peer,
      second?.consultFor === leg
        ? { type: 'softkey', key: 'confrn', line: second.line, leg: other }
        : { type: 'merge', legs: [leg, other] },
    );
    if (isDone) this.#tell(peer, { type: 'retrieve', dialog });
    return isDone;
  }

  #ask(peer: SipPeer, action: PhoneAction): boolean {
    return this.#ports.lines.ask(peer, action) === undefined;
  }

  #commandOf(effect: PhoneEffect): RemoteccCommand | undefined {
    switch (effect.type) {
      case 'prompt':
      case 'notify': {
        if (OWN_TEXTS.has(effect.text)) return undefined;
        const { texts } = this.#ports.phrasesOf(effect.device);
        const text = rawText(`${texts[effect.text]}${effect.number ?? ''}`);
        const dialog = effect.type === 'prompt' ? this.#dialogOf(effect.leg) : undefined;
        const seconds = effect.timeoutSeconds;
        return { type: 'status-line', text, seconds, ...(dialog && { dialog }) };
      }
      case 'tone': {
        const tone = effect.tone in TONES ? TONES[effect.tone as keyof typeof TONES] : undefined;
        const dialog = this.#dialogOf(effect.leg);
        return tone && { type: 'tone', tone, direction: 'user', ...(dialog && { dialog }) };
      }
      case 'conference-list': {
        this.#transaction += 1;
        const words = this.#ports.phrasesOf(effect.device).list;
        const place = { line: effect.line, transaction: this.#transaction, words };
        return {
          type: 'document',
          applicationId: LIST_APPLICATION_ID,
          transactionId: this.#transaction,
          conference: effect.list.conference,
          document: conferenceListXml(effect.list, place),
        };
      }
      default:
        return undefined;
    }
  }

  #tell(peer: SipPeer, command: RemoteccCommand): void {
    const id = this.#ports.token();
    const { contentType, body } = formatCommands([command], id);
    const headers = [
      ['Refer-To', `<cid:${id}>`],
      ['Content-Id', `<${id}>`],
      ['Referred-By', `<sip:conclave@${peer.flow.local.host}>`],
      ['Require', 'norefersub'],
      ['Content-Type', contentType],
    ] as const;
    this.#request(peer, 'REFER', headers, body);
  }

  #request(
    { device, flow, contact: uri }: SipPeer,
    method: string,
    headers: readonly Field[],
    body: Uint8Array,
  ): void {
    const from = addressOf('', 'conclave', flow.local.host);
    const to = addressOf('', device, flow.remote.host);
    this.#ports.agent.run((agent, nowMs) =>
      agent.send({ method, uri, from, to, headers, body }, { flow }, nowMs),
    );
  }

  /** A dialog as the phone names it: its local tag is our remote one. */
  #legOf(peer: SipPeer, dialog: DialogName | undefined): LegId | undefined {
    if (!dialog) return undefined;
    const { callId, localTag, remoteTag } = dialog;
    return this.#ports.lines.legOfDialog(peer, { callId, toTag: remoteTag, fromTag: localTag });
  }

  #dialogOf(leg: LegId): DialogName | undefined {
    const session = this.#ports.lines.callOfLeg(leg)?.session;
    const view = session && this.#ports.agent.run((agent) => agent.session(session));
    if (!view) return undefined;
    return { callId: view.callId, localTag: view.remoteTag, remoteTag: view.localTag };
  }

  #respond(transaction: number, status: number): void {
    this.#ports.agent.run((agent, nowMs) => agent.respond(transaction, status, {}, nowMs));
  }
}
