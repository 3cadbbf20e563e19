/** Enterprise Parameters and Service Parameters. */
import type { Page } from '../kit/page.ts';
import { EnterpriseParameters } from './enterprise-parameters.tsx';
import { ServiceParameters } from './service-parameters.tsx';

export const PARAMETER_PAGES: readonly Page[] = [
  {
    path: '/system/enterprise-parameters',
    title: 'parameters:enterprise.title',
    menu: 'system',
    permission: 'configuration:read',
    show: () => <EnterpriseParameters />,
  },
  {
    path: '/system/service-parameters',
    title: 'parameters:title',
    menu: 'system',
    permission: 'configuration:read',
    show: () => <ServiceParameters />,
  },
];
