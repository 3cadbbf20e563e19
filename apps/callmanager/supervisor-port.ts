/** The supervisor that started this process, over IPC: it tells its services, and is asked to act on them. */
import type { Service, ServiceAction, ServicesPort } from '@conclave/api';

/** From the supervisor, whenever one of them starts or ends. */
export interface ServicesTold {
  readonly type: 'services';
  readonly services: readonly Service[];
}

/** To the supervisor. */
export interface ServiceAsked {
  readonly type: 'service';
  readonly name: string;
  readonly action: ServiceAction;
}

export function supervisorPort(): ServicesPort {
  let services: readonly Service[] = [];
  if (process.send) {
    process.on('message', (told: ServicesTold) => {
      if (told.type === 'services') services = told.services;
    });
  }
  return {
    list: () => services,
    act: (name, action) => {
      const asked: ServiceAsked = { type: 'service', name, action };
      // A supervisor that is gone ends this process too.
      if (process.connected) process.send?.(asked, undefined, undefined, () => {});
    },
  };
}
