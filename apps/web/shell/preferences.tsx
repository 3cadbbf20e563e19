/** Who has logged in; language, light or dark; and the way out. */
import {
  Button,
  Group,
  Menu,
  NativeSelect,
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
    <Menu position="bottom-end" width={260} trapFocus={false}>
      <Menu.Target>
        <Button variant="default" size="xs">
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown p="sm">
        <Stack gap="xs">
          <Text size="sm">{t('user', { name, role: t(`roles.${role}`) })}</Text>
          <LanguageChoice />
          <SchemeChoice />
        </Stack>
        <Menu.Divider my="xs" />
        <Menu.Item onClick={() => void logOut()}>{t('logOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
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
