/** Devices sent away to come back, as the administration API asks for it. */
import type { DevicesPort } from '@conclave/api';
import { ResetType } from '@conclave/sccp';
import type { WaitsFor } from './active-configuration.ts';
import type { StationHub } from './station-hub.ts';

export interface DeviceHouse {
  readonly hub: Pick<StationHub, 'deviceOf' | 'send'>;
  /** A SIP device has to register anew, a trunk is looked up anew. */
  readonly forget: (name: string) => void;
  /** D-25. */
  readonly waiting: () => ReadonlyMap<string, WaitsFor>;
  readonly apply: (name: string) => void;
}

export function devicesPort({ hub, forget, waiting, apply }: DeviceHouse): DevicesPort {
  return {
    waiting: () => [...waiting()].map(([device, waitsFor]) => ({ device, waitsFor })),
    act: (name, action) => {
      if (action === 'apply') return apply(name);
      if (!hub.deviceOf(name)) {
        forget(name);
        return;
      }
      const resetType = action === 'reset' ? ResetType.RESET : ResetType.RESTART;
      hub.send(name, [{ name: 'Reset', body: { resetType } }]);
    },
  };
}
