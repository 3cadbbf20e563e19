/** All pages. Who makes one adds a line; within a group of the menu they stand in this order. */
import { CONFIGURATION_PAGES } from './configuration/pages.tsx';
import type { Page } from './kit/page.ts';
import { HOME_PAGES } from './shell/home.tsx';

export const PAGES: readonly Page[] = [...HOME_PAGES, ...CONFIGURATION_PAGES];
