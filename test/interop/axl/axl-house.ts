/** A whole call manager with a user of each kind, and AXL clients of theirs. */
import { join } from 'node:path';
import { hashPassword, type Role } from '@conclave/api';
import type { CompleteConfiguration } from '@conclave/store';
import { House } from '../../system/house.ts';
import { AxlClient, type ClientOptions } from './axl-client.ts';

export const PASSWORD = 'a good long password';

const ROLES: Readonly<Record<string, Role>> = {
  ada: 'administrator',
  rob: 'read-only',
  sue: 'packet-sniffer',
};

type Named = 'bridges' | 'phones' | 'sipTrunks' | 'devicePools' | 'locations' | Resources;
type Resources = 'mediaResourceGroups' | 'mediaResourceLists';

export class AxlHouse {
  readonly house: House;
  /** Ada's. */
  readonly client: AxlClient;

  private constructor(house: House) {
    this.house = house;
    this.client = this.clientOf();
  }

  static async open(): Promise<AxlHouse> {
    const house = await House.open();
    const passwordHash = await hashPassword(PASSWORD);
    for (const [name, role] of Object.entries(ROLES)) {
      await house.manager.store.accounts.putAccount({ name, role, passwordHash });
    }
    return new AxlHouse(house);
  }

  /** The file of the authority that clients believe. */
  get ca(): string {
    return join(this.house.data, 'pki', 'ca', 'ca.pem');
  }

  clientOf(options: Partial<ClientOptions> = {}): AxlClient {
    return new AxlClient({
      port: this.house.manager.apiPort,
      ca: this.ca,
      password: PASSWORD,
      ...options,
    });
  }

  async configuration(): Promise<CompleteConfiguration> {
    const found = await this.house.manager.store.readConfiguration();
    if (!found) throw new Error('nothing is stored');
    return found;
  }

  /** Undefined when there is none. */
  async stored(kind: Named, name: string): Promise<unknown> {
    const objects: readonly { readonly name: string }[] = (await this.configuration())[kind];
    return objects.find((each) => each.name === name);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.house.close();
  }
}

export const UUID: RegExp = /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/;

export function messageOf(fault: unknown): string {
  return String((fault as { faultstring?: string }).faultstring ?? JSON.stringify(fault));
}
