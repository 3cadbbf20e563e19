/** The processes of this machine, asked of the house. */

export type ServiceAction = 'start' | 'stop' | 'restart';

export interface Service {
  readonly name: string;
  readonly kind: 'call-manager' | 'bridge' | 'music-server';
  /** `ended`: it ended by itself, and is started again soon unless its settings are unusable. */
  readonly state: 'running' | 'stopped' | 'ended';
  /** When it came into this state. */
  readonly sinceMs: number;
}

export interface ServicesPort {
  /** Empty when no supervisor runs this call manager. */
  list(): readonly Service[];
  act(name: string, action: ServiceAction): void;
}
