/** What a page is: an address, who may see it, where it stands in the menu, and what is shown. */
import type { Permission } from '@conclave/api';
import type { ReactNode } from 'react';

/** In CUCM's order and words; what CUCM has in programs of their own comes after. */
export const MENU = [
  'system',
  'callRouting',
  'mediaResources',
  'advancedFeatures',
  'device',
  'application',
  'userManagement',
  'bulkAdministration',
  'serviceability',
  'security',
  'records',
] as const;

export type MenuGroup = (typeof MENU)[number];

export interface Page {
  /** Such as `/device/phone/:key`; the first page that fits an address is shown. */
  readonly path: string;
  /** The name of a text, such as `records:search.title`. */
  readonly title: string;
  /** Absent: it is reached from other pages only. */
  readonly menu?: MenuGroup;
  /** Absent: whoever has logged in. */
  readonly permission?: Permission;
  /** `params` are the words of the address, such as `key`. */
  readonly show: (params: Readonly<Record<string, string>>) => ReactNode;
}
