/** What is done to devices themselves, asked of the house. */

/** `apply`: takes over what is saved. `restart`: registers anew. `reset`: starts anew. */
export type DeviceAction = 'apply' | 'reset' | 'restart';

export interface DevicesPort {
  /** A device that is not there does it when it comes. */
  act(name: string, action: DeviceAction): void;
}
