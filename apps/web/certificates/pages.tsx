/** Certificate Management. */
import type { Page } from '../kit/page.ts';
import { CertificateManagement } from './certificate-management.tsx';

export const CERTIFICATE_PAGES: readonly Page[] = [
  {
    path: '/security/certificates',
    title: 'certificates:title',
    menu: 'security',
    permission: 'configuration:read',
    show: () => <CertificateManagement />,
  },
];
