/** The set-up procedure of secure conferences. */
import type { Page } from '../kit/page.ts';
import { SetupChecklist } from './setup-checklist.tsx';

export const SETUP_PAGES: readonly Page[] = [
  {
    path: '/system/set-up',
    title: 'setup:title',
    menu: 'system',
    permission: 'configuration:read',
    show: () => <SetupChecklist />,
  },
];
