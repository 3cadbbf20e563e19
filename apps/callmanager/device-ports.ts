/** Devices sent away to come back, as the administration API asks for it. */
import type { DevicesPort } from '@conclave/api';
import { ResetType } from '@conclave/sccp';
import type { StationHub } from './station-hub.ts';

export interface DeviceHouse {
  readonly hub: Pick<StationHub, 'deviceOf' | 'send'>;
  /** A SIP device has to register anew, a trunk is looked up anew. */
  readonly forget: (name: string) => void;
}

export function devicesPort({ hub, forget }: DeviceHouse): DevicesPort {
  return {
    act: (name, action) => {
      // What is saved is in force already.
      if (action === 'apply') return;
      if (!hub.deviceOf(name)) {
        forget(name);
        return;
      }
      const resetType = action === 'reset' ? ResetType.RESET : ResetType.RESTART;
      hub.send(name, [{ name: 'Reset', body: { resetType } }]);
    },
  };
}
