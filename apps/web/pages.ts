/** All pages. Who makes one adds a line; within a group of the menu they stand in this order. */
import { AUDIT_PAGES } from './audit/pages.tsx';
import { CERTIFICATE_PAGES } from './certificates/pages.tsx';
import { CONFIGURATION_PAGES } from './configuration/pages.tsx';
import type { Page } from './kit/page.ts';
import { LIVE_PAGES } from './live/pages.tsx';
import { PARAMETER_PAGES } from './parameters/pages.tsx';
import { RECORD_PAGES } from './records/pages.tsx';
import { SERVICE_PAGES } from './services/pages.tsx';
import { SETUP_PAGES } from './setup/pages.tsx';
import { HOME_PAGES } from './shell/home.tsx';
import { USER_PAGES } from './users/pages.tsx';

export const PAGES: readonly Page[] = [
  ...HOME_PAGES,
  ...SETUP_PAGES,
  ...PARAMETER_PAGES,
  ...CONFIGURATION_PAGES,
  ...USER_PAGES,
  ...SERVICE_PAGES,
  ...AUDIT_PAGES,
  ...LIVE_PAGES,
  ...CERTIFICATE_PAGES,
  ...RECORD_PAGES,
];
