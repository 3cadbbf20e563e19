/** The menu: groups in the order of CUCM's, in each the pages that this role may see. */
import { NavLink } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { MENU, type MenuGroup, type Page } from '../kit/page.ts';
import { PAGES } from '../pages.ts';
import { follow, hrefOf, usePath } from '../router/route.tsx';

export function Navigation() {
  const { permissions } = useSession();
  const path = usePath();
  const shown = PAGES.filter(
    ({ menu, permission }) => menu && (!permission || permissions.includes(permission)),
  );
  return MENU.map((group) => {
    const pages = shown.filter(({ menu }) => menu === group);
    return pages.length > 0 && <Group key={group} group={group} pages={pages} path={path} />;
  });
}

function Group({
  group,
  pages,
  path,
}: {
  readonly group: MenuGroup;
  readonly pages: readonly Page[];
  readonly path: string;
}) {
  const { t } = useTranslation();
  const holds = pages.some((page) => isHere(page, path));
  const [opened, setOpened] = useState(false);
  return (
    <NavLink
      component="button"
      type="button"
      label={t(`shell:menu.${group}`)}
      fw={600}
      opened={opened || holds}
      onChange={setOpened}
      aria-expanded={opened || holds}
      childrenOffset="sm"
    >
      {pages.map((page) => (
        <NavLink
          key={page.path}
          href={hrefOf(page.path)}
          label={t(page.title)}
          active={isHere(page, path)}
          {...(isHere(page, path) && { 'aria-current': 'page' as const })}
          onClick={(event) => follow(event, page.path)}
        />
      ))}
    </NavLink>
  );
}

/** The page itself, or one below it. */
function isHere({ path }: Page, current: string): boolean {
  return current === path || current.startsWith(`${path}/`);
}
