/** The way from a list to the form of a new one. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { follow, hrefOf } from '../router/route.tsx';

export function AddNew({ to }: { readonly to: string }) {
  const { t } = useTranslation('kit');
  return (
    <Button component="a" href={hrefOf(to)} onClick={(event) => follow(event, to)}>
      {t('addNew')}
    </Button>
  );
}
