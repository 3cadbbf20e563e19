/** The pages of all kinds of configured objects: a list and a form for each. */
import type { Page } from '../kit/page.ts';
import { KindEdit } from './kind-edit.tsx';
import { KindList } from './kind-list.tsx';
import { KIND_PLANS, type KindPlan } from './kind-plans.ts';

export const CONFIGURATION_PAGES: readonly Page[] = KIND_PLANS.flatMap(pagesOf);

function pagesOf(plan: KindPlan): readonly Page[] {
  const { kind, path, menu } = plan;
  return [
    {
      path,
      menu,
      title: `configuration:${kind}.title`,
      permission: 'configuration:read',
      show: () => <KindList plan={plan} />,
    },
    {
      path: `${path}/new`,
      title: `configuration:${kind}.edit`,
      permission: 'configuration:write',
      show: () => <KindEdit plan={plan} />,
    },
    {
      path: `${path}/:key`,
      title: `configuration:${kind}.edit`,
      permission: 'configuration:read',
      show: ({ key = '' }) => <KindEdit plan={plan} objectKey={key} />,
    },
  ];
}
