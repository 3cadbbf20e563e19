/** What is registered now, by name. */
import type { WaitingDevice } from '@conclave/api';
import { useQuery } from '@tanstack/react-query';
import { watch } from './request.ts';
import { useMay } from './session.tsx';

export interface Device {
  readonly name: string;
  readonly kind: 'phone' | 'bridge' | 'music';
  readonly registered: boolean;
  readonly signalling?: string;
  readonly address?: string;
  readonly sinceMs?: number;
}

const WAITING = '/devices/waiting';

const ANEW_MS = 5_000;

/** Undefined: not known yet, or not for this role. */
export function useDevices(wanted = true): ReadonlyMap<string, Device> | undefined {
  const may = useMay('live:read');
  const { data } = useQuery({
    queryKey: ['/devices'],
    queryFn: () => watch<readonly Device[]>('/devices'),
    enabled: may && wanted,
    refetchInterval: ANEW_MS,
  });
  return data && new Map(data.map((device) => [device.name, device]));
}

/** Of which something else is saved than is in force (D-25); what that waits for. */
export function useWaiting(): ReadonlyMap<string, WaitingDevice['waitsFor']> {
  const { data = [] } = useQuery({
    queryKey: [WAITING],
    queryFn: () => watch<readonly WaitingDevice[]>(WAITING),
    refetchInterval: ANEW_MS,
  });
  return new Map(data.map(({ device, waitsFor }) => [device, waitsFor]));
}
