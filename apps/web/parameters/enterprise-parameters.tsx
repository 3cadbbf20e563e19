/** Enterprise Parameters: the cluster's name, its security mode, and what SIP phones are challenged with. */
import { useTranslation } from 'react-i18next';
import { useMay } from '../api/session.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { SettingsForm } from '../kit/settings-form.tsx';
import { Warnings } from '../kit/warnings.tsx';
import { textOf } from '../locale/language.ts';

const FIELDS = [{ name: 'id' }, { name: 'securityMode' }, { name: 'sipRealm' }];

export function EnterpriseParameters() {
  const { t } = useTranslation('parameters');
  const mayWrite = useMay('configuration:write');
  return (
    <PageFrame title={t('enterprise.title')}>
      <Warnings about="cluster" />
      <SettingsForm
        path="/cluster"
        name="cluster"
        fields={FIELDS}
        words={{
          label: (path) => textOf(t, `parameters:cluster.${path}`),
          help: (path) => t(`cluster.help.${path}`, { defaultValue: '' }) || undefined,
          value: (path, value) => textOf(t, `parameters:cluster.values.${path}.${value}`),
        }}
        disabled={!mayWrite}
      />
    </PageFrame>
  );
}
