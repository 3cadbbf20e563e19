/** What is done to devices themselves, asked of the house. */

/** `apply`: takes over what is saved, when it carries no call. `restart`: registers anew. `reset`: starts anew. */
export type DeviceAction = 'apply' | 'reset' | 'restart';

/** A device of which something else is saved than is in force (D-25, TIP-23). */
export interface WaitingDevice {
  readonly device: string;
  /** `restart`: of the call manager, or that it is applied. `calls`: their end. */
  readonly waitsFor: 'restart' | 'calls';
}

export interface DevicesPort {
  waiting(): readonly WaitingDevice[];
  /** A device that is not there does it when it comes. */
  act(name: string, action: DeviceAction): void;
}
