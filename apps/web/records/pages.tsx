/** What happened: call records, their media's quality, and the signed timelines of conferences. */
import type { Page } from '../kit/page.ts';
import { RecordSearch } from './record-search.tsx';
import { Timelines } from './timelines.tsx';

export const RECORD_PAGES: readonly Page[] = [
  {
    path: '/records/calls',
    title: 'records:calls',
    menu: 'records',
    permission: 'records:read',
    show: () => <RecordSearch key="calls" kind="calls" />,
  },
  {
    path: '/records/quality',
    title: 'records:quality',
    menu: 'records',
    permission: 'records:read',
    show: () => <RecordSearch key="quality" kind="quality" />,
  },
  {
    path: '/records/timelines',
    title: 'records:timelines',
    menu: 'records',
    permission: 'records:read',
    show: () => <Timelines />,
  },
];
