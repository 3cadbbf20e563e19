/** What can be done with a stored object beside saving it, by kind: buttons on its page. */
import type { ReactNode } from 'react';
import type { Kind } from '../api/objects.ts';
import { DeviceActions } from './device-actions.tsx';

/** `name` is the object's as it is stored. */
export type ObjectActions = (name: string) => ReactNode;

const device: ObjectActions = (name) => <DeviceActions name={name} />;

export const ACTIONS: Readonly<Partial<Record<Kind, ObjectActions>>> = {
  bridges: device,
  musicServers: device,
  phones: device,
  sipTrunks: device,
};
