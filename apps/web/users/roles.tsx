/** Which role may do what. Roles are part of the program; who has which is said in User. */
import type { Permission, Role } from '@conclave/api';
import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';
import { FaultList } from '../kit/fault-list.tsx';
import { PageFrame } from '../kit/page-frame.tsx';

interface Grants {
  readonly role: Role;
  readonly permissions: readonly Permission[];
}

export function RoleList() {
  const { t } = useTranslation('users');
  const { data, error } = useQuery({
    queryKey: ['/roles'],
    queryFn: () => get<readonly Grants[]>('/roles'),
  });
  if (error) return <FaultList fault={error} />;
  const permissions = [...new Set((data ?? []).flatMap((each) => each.permissions))];
  return (
    <PageFrame title={t('roles')}>
      <Table.ScrollContainer minWidth={560}>
        <Table striped withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('permission')}</Table.Th>
              {data?.map(({ role }) => (
                <Table.Th key={role}>{t(`shell:roles.${role}`)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {permissions.map((permission) => (
              <Table.Tr key={permission}>
                <Table.Th scope="row" fw={400}>
                  {t(`permissions.${permission.replace(':', '-')}`, { defaultValue: permission })}
                </Table.Th>
                {data?.map((each) => (
                  <Table.Td key={each.role}>
                    {each.permissions.includes(permission) ? t('yes') : '–'}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </PageFrame>
  );
}
