/** What the API needs of the house: it knows no store, no protocol and no socket of ours. */
import type { CapturesPort } from './capture-ports.ts';
import type { CertificatesPort } from './certificate-ports.ts';
import type { DevicesPort } from './device-ports.ts';
import type { LivePort } from './live-ports.ts';
import type { Metric } from './metrics.ts';
import type { RecordsPort } from './record-ports.ts';
import type { Role } from './roles.ts';
import type { ServicesPort } from './service-ports.ts';
import type { SetupPort } from './setup-ports.ts';
import type { SystemPort } from './system-ports.ts';
import type { WhatIfPort } from './what-if-ports.ts';

export interface Account {
  readonly name: string;
  readonly role: Role;
  /** See `password.ts`. */
  readonly passwordHash: string;
}

export interface Token {
  readonly id: string;
  readonly user: string;
  /** What its owner calls it. */
  readonly label: string;
  /** SHA-256 of the token, in hexadecimal. */
  readonly hash: string;
  readonly createdMs: number;
}

export interface AuditEntry {
  readonly atMs: number;
  /** Empty: nobody who has logged in. */
  readonly user: string;
  readonly from: string;
  /** Such as `PUT phones/SEP000000001001`. */
  readonly action: string;
  readonly outcome: 'done' | 'refused';
  /** What was changed, or why it was not; without secrets. */
  readonly detail: string;
}

export interface AccountsPort {
  account(name: string): Promise<Account | undefined>;
  accounts(): Promise<readonly Account[]>;
  /** Adds it, or takes the place of the one of this name. */
  putAccount(account: Account): Promise<void>;
  /** With its tokens. False: there is none. */
  removeAccount(name: string): Promise<boolean>;
  tokenOf(hash: string): Promise<Token | undefined>;
  tokens(user: string): Promise<readonly Token[]>;
  putToken(token: Token): Promise<void>;
  removeToken(user: string, id: string): Promise<boolean>;
  audit(entry: AuditEntry): Promise<void>;
  /** The latest first. */
  auditTrail(most: number): Promise<readonly AuditEntry[]>;
}

/** A fault of a configuration: which field, and which rule it breaks. */
export interface Fault {
  readonly field: string;
  readonly rule: string;
}

/** The configuration by kind of object: `phones`, `meetMeNumbers` ... */
export type Configuration = Readonly<Record<string, readonly object[]>>;

export interface ConfigurationPort {
  read(): Promise<Configuration>;
  /**
   * Stores what `edit` makes of it, or nothing; nobody else writes meanwhile. Gives the faults if it breaks a
   * rule. What `edit` throws comes out again.
   */
  change(edit: (before: Configuration) => Configuration): Promise<readonly Fault[]>;
  /** HA1 of a password, as it is kept. */
  digest(user: string, password: string): object;
}

/** How often somebody may be wrong at the door. */
export interface LoginLimit {
  isOver(source: string, user: string): boolean;
  /** One more wrong answer. */
  failed(source: string, user: string): void;
}

export interface ApiPorts {
  readonly accounts: AccountsPort;
  readonly configuration: ConfigurationPort;
  readonly system: SystemPort;
  readonly live: LivePort;
  readonly records: RecordsPort;
  readonly certificates: CertificatesPort;
  readonly setup: SetupPort;
  readonly services: ServicesPort;
  readonly whatIf: WhatIfPort;
  readonly devices: DevicesPort;
  readonly captures: CapturesPort;
  readonly limit: LoginLimit;
  readonly nowMs: () => number;
  /** A word that nobody can guess, of letters and digits. */
  readonly token: () => string;
  /** Whether calls can be served. */
  readonly isReady: () => boolean;
  readonly metrics: () => readonly Metric[];
}
