/** The door. What is wrong about an attempt is not told: neither the user nor the password is named. */
import { Button, Center, Paper, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FaultList } from '../kit/fault-list.tsx';
import { LanguageChoice } from './preferences.tsx';

export function LogIn({
  logIn,
}: {
  readonly logIn: (user: string, password: string) => Promise<void>;
}) {
  const { t } = useTranslation('shell');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    logIn(user, password).catch((error: unknown) => {
      setFault(error);
      setBusy(false);
    });
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={360} maw="100%">
        <form onSubmit={submit}>
          <Stack>
            <Title order={1} size="h2">
              {t('logIn.title')}
            </Title>
            {fault !== undefined && <FaultList fault={fault} />}
            <TextInput
              label={t('logIn.user')}
              value={user}
              onChange={(event) => setUser(event.currentTarget.value)}
              autoComplete="username"
              autoFocus
              required
            />
            <PasswordInput
              label={t('logIn.password')}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': t('logIn.show') }}
              required
            />
            <Button type="submit" loading={busy}>
              {t('logIn.submit')}
            </Button>
            <LanguageChoice />
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
