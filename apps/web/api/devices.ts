/** What is registered now, by name. */
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
