/** Control Centre: the services of the machine. */
import type { Page } from '../kit/page.ts';
import { ControlCentre } from './control-centre.tsx';

export const SERVICE_PAGES: readonly Page[] = [
  {
    path: '/serviceability/control-centre',
    title: 'services:title',
    menu: 'serviceability',
    permission: 'configuration:read',
    show: () => <ControlCentre />,
  },
];
