/** The live security of every conference. */
import type { Page } from '../kit/page.ts';
import { ConferencePage } from './conference.tsx';
import { Wall } from './wall.tsx';
import { WhatIfPage } from './what-if.tsx';

export const LIVE_PAGES: readonly Page[] = [
  {
    path: '/security/conferences',
    title: 'live:title',
    menu: 'security',
    permission: 'live:read',
    show: () => <Wall />,
  },
  {
    path: '/security/conferences/:id',
    title: 'live:title',
    permission: 'live:read',
    show: ({ id }) => <ConferencePage key={id} id={Number(id)} />,
  },
  {
    path: '/security/what-if',
    title: 'live:whatIf',
    menu: 'security',
    permission: 'live:read',
    show: () => <WhatIfPage />,
  },
];
