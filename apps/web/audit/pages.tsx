/** What has happened: the audit log and the alarms. */
import type { Page } from '../kit/page.ts';
import { AlarmList } from './alarms.tsx';
import { AuditLog } from './audit.tsx';

export const AUDIT_PAGES: readonly Page[] = [
  {
    path: '/serviceability/alarms',
    title: 'audit:alarms',
    menu: 'serviceability',
    permission: 'live:read',
    show: () => <AlarmList />,
  },
  {
    path: '/serviceability/audit-log',
    title: 'audit:title',
    menu: 'serviceability',
    permission: 'audit:read',
    show: () => <AuditLog />,
  },
];
