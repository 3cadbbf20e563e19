/** Related Links: a choice of pages, and Go (ADM-09). */
import { Button, Group, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PAGES } from '../pages.ts';
import { visit } from '../router/route.tsx';

export function RelatedLinks({ paths }: { readonly paths: readonly string[] }) {
  const { t } = useTranslation();
  const pages = paths.flatMap((path) => PAGES.find((page) => page.path === path) ?? []);
  const [chosen, setChosen] = useState(pages[0]?.path ?? '');
  if (pages.length === 0) return undefined;
  return (
    <Group gap={4} wrap="nowrap">
      <NativeSelect
        aria-label={t('kit:relatedLinks')}
        value={chosen}
        onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        data={pages.map(({ path, title }) => ({ value: path, label: t(title) }))}
      />
      <Button variant="default" onClick={() => visit(chosen)}>
        {t('kit:go')}
      </Button>
    </Group>
  );
}
