/** User Management: users, roles, and one's own API tokens. */
import type { Page } from '../kit/page.ts';
import { OwnPassword } from './own-password.tsx';
import { RoleList } from './roles.tsx';
import { TokenList } from './tokens.tsx';
import { UserForm } from './user-form.tsx';
import { UserEdit, UserList } from './users.tsx';

export const USER_PAGES: readonly Page[] = [
  {
    path: '/user-management/user',
    title: 'users:title',
    menu: 'userManagement',
    permission: 'users:manage',
    show: () => <UserList />,
  },
  {
    path: '/user-management/user/new',
    title: 'users:edit',
    permission: 'users:manage',
    show: () => <UserForm />,
  },
  {
    path: '/user-management/user/:name',
    title: 'users:edit',
    permission: 'users:manage',
    show: ({ name = '' }) => <UserEdit name={name} />,
  },
  {
    path: '/user-management/role',
    title: 'users:roles',
    menu: 'userManagement',
    permission: 'users:manage',
    show: () => <RoleList />,
  },
  {
    path: '/user-management/password',
    title: 'users:own.title',
    menu: 'userManagement',
    permission: 'own:manage',
    show: () => <OwnPassword />,
  },
  {
    path: '/user-management/token',
    title: 'users:tokens.title',
    menu: 'userManagement',
    permission: 'own:manage',
    show: () => <TokenList />,
  },
];
