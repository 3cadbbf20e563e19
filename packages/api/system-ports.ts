/** What holds for the whole cluster, asked of the house. */
import type { Fault } from './ports.ts';

export interface Parameter {
  readonly name: string;
  /** Under which an administrator looks for it, such as `Cisco CallManager`. */
  readonly service: string;
  readonly value: string;
  readonly default: string;
  readonly help: string;
  /** Such as `3 to 64`, or the values that there are. */
  readonly range: string;
  /** Absent: any text in the range. */
  readonly choices?: readonly string[];
  /** Whether this release obeys it. */
  readonly inForce: boolean;
}

export interface Cluster {
  readonly id: string;
  readonly securityMode: 'nonsecure' | 'mixed';
  /** What SIP phones are challenged with. Absent: the usual one. */
  readonly sipRealm?: string;
}

/** By name; what is absent has its default. */
export type ParameterValues = Readonly<Record<string, string>>;

/** Changes store what `edit` makes of what is there, or nothing; what it throws comes out again. */
export interface SystemPort {
  parameters(): Promise<readonly Parameter[]>;
  changeParameters(edit: (before: ParameterValues) => ParameterValues): Promise<readonly Fault[]>;
  cluster(): Promise<Cluster>;
  changeCluster(edit: (before: Cluster) => Cluster): Promise<readonly Fault[]>;
  /** What may be, but should be thought about: the field, and the advice. */
  warnings(): Promise<readonly Fault[]>;
}
