/** What the administration API asks of the house, answered by the store and the engine. */
import {
  type ApiPorts,
  type CertificatesPort,
  type Configuration,
  isRole,
  type LiveConference,
  type Metric,
  type RecordsPort,
  type Role,
  type ServicesPort,
  type SetupStep,
} from '@conclave/api';
import { remediesOf } from '@conclave/core';
import { DEFAULT_SIP_REALM, digestOf, type Store, type StoredConfiguration } from '@conclave/store';
import { control } from './conference-control.ts';
import { type DeviceHouse, devicesPort } from './device-ports.ts';
import type { Engine } from './engine.ts';
import { reportOf } from './report.ts';
import { GuessLimit } from './sip/guess-limit.ts';
import { attempt, systemPort } from './system-ports.ts';
import { whatIfPort } from './what-if/what-if-port.ts';

export interface ApiHouse extends DeviceHouse {
  readonly store: Store;
  readonly engine: Engine;
  /** As it is in force. */
  readonly stored: () => StoredConfiguration;
  /** Takes over what was stored. */
  readonly reload: () => Promise<void>;
  readonly alarms: () => readonly object[];
  readonly nowMs: () => number;
  readonly token: () => string;
  /** Somebody guesses passwords. */
  readonly guessing: (source: string) => void;
  readonly onChange: (changed: () => void) => () => void;
  readonly conferences: () => readonly LiveConference[];
  readonly records: RecordsPort;
  readonly certificates: CertificatesPort;
  readonly services: ServicesPort;
  readonly setup: () => readonly SetupStep[];
  readonly captures: ApiPorts['captures'];
  readonly metrics: () => readonly Metric[];
}

/** Wrong passwords in a minute: from one address, and for one user. */
const GUESSES_MAX = { source: 20, user: 10 } as const;

export function apiPorts(house: ApiHouse): ApiPorts {
  const { store, engine, nowMs, token } = house;
  const { accounts } = store;
  return {
    accounts: {
      account: async (name) => accountOf(await accounts.account(name)),
      accounts: async () => (await accounts.accounts()).flatMap((each) => accountOf(each) ?? []),
      putAccount: (account) => accounts.putAccount(account),
      removeAccount: (name) => accounts.removeAccount(name),
      tokenOf: (hash) => accounts.tokenOf(hash),
      tokens: (user) => accounts.tokens(user),
      putToken: (each) => accounts.putToken(each),
      removeToken: (user, id) => accounts.removeToken(user, id),
      audit: (entry) => accounts.audit(entry),
      auditTrail: async (most) =>
        (await accounts.auditTrail(most)).map((each) => ({
          ...each,
          outcome: each.outcome === 'done' ? 'done' : 'refused',
        })),
    },
    configuration: configurationPort(house),
    system: systemPort(house),
    live: {
      report: () => reportOf(engine.state),
      conferences: house.conferences,
      remedies: (conference) => remediesOf(engine.state, conference),
      alarms: house.alarms,
      eject: (conference, leg, by) => control.eject(engine, conference, leg, by),
      mute: (conference, leg, muted) => control.mute(engine, conference, leg, muted),
      lock: (conference, locked, by) => control.lock(engine, conference, locked, by),
      onChange: house.onChange,
    },
    devices: devicesPort(house),
    records: house.records,
    certificates: house.certificates,
    services: house.services,
    whatIf: whatIfPort({ state: () => engine.state, nowMs }),
    setup: { steps: async () => house.setup() },
    captures: house.captures,
    limit: loginLimit(house),
    nowMs,
    token,
    isReady: () => engine.state.bridges.size > 0,
    metrics: house.metrics,
  };
}

function configurationPort(house: ApiHouse): ApiPorts['configuration'] {
  const { store, stored } = house;
  return {
    read: async () => objectsOf(stored()),
    change: (edit) =>
      attempt(house, () =>
        store.changeConfiguration(
          (before) => ({ ...before, ...edit(objectsOf(before)) }) as StoredConfiguration,
        ),
      ),
    digest: (user, password) => {
      const realm = stored().cluster.sipRealm ?? DEFAULT_SIP_REALM;
      return digestOf({ user, realm, password });
    },
  };
}

function loginLimit({ nowMs, guessing }: ApiHouse): ApiPorts['limit'] {
  const sources = new GuessLimit(GUESSES_MAX.source);
  const users = new GuessLimit(GUESSES_MAX.user);
  return {
    isOver: (source, user) => sources.isOver(source, nowMs()) || users.isOver(user, nowMs()),
    failed: (source, user) => {
      const isBound = [sources.count(source, nowMs()), users.count(user, nowMs())];
      if (isBound.includes(true)) guessing(source);
    },
  };
}

/** A role that a later release knows and this one does not opens nothing. */
function accountOf(
  account:
    | { readonly name: string; readonly role: string; readonly passwordHash: string }
    | undefined,
): { name: string; role: Role; passwordHash: string } | undefined {
  return account && isRole(account.role) ? { ...account, role: account.role } : undefined;
}

/** The parts that are lists of objects. */
function objectsOf(configuration: StoredConfiguration): Configuration {
  return Object.fromEntries(
    Object.entries(configuration).filter((part): part is [string, readonly object[]] =>
      Array.isArray(part[1]),
    ),
  );
}
