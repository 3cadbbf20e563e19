/** Who has logged in; language, light or dark; and the way out. */
import {
  Button,
  Group,
  NativeSelect,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { changeLanguage, LANGUAGES } from '../locale/language.ts';

export function Preferences({ logOut }: { readonly logOut: () => Promise<void> }) {
  const { t } = useTranslation('shell');
  const { name, role } = useSession();
  return (
    <Popover position="bottom-end" width={260} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default" size="xs">
          {name}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('preferences')}>
        <Stack gap="xs">
          <Text size="sm">{t('user', { name, role: t(`roles.${role}`) })}</Text>
          <LanguageChoice />
          <SchemeChoice />
          <Button variant="default" size="xs" onClick={() => void logOut()}>
            {t('logOut')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

export function LanguageChoice() {
  const { t, i18n } = useTranslation('shell');
  return (
    <NativeSelect
      label={t('language')}
      size="xs"
      value={i18n.language}
      onChange={(event) => changeLanguage(event.currentTarget.value)}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
    />
  );
}

function SchemeChoice() {
  const { t } = useTranslation('shell');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group gap="xs">
      <SegmentedControl
        size="xs"
        fullWidth
        w="100%"
        aria-label={t('scheme.label')}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={(['auto', 'light', 'dark'] as const).map((value) => ({
          value,
          label: t(`scheme.${value}`),
        }))}
      />
    </Group>
  );
}
