/** The words for fields and values of the configured objects: first those of the kind, then those of any. */
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Kind } from '../api/objects.ts';
import type { FieldWords } from '../kit/object-form.tsx';
import { textOf } from '../locale/language.ts';

export function useKindWords(kind: Kind): FieldWords {
  const { t } = useTranslation('configuration');
  const names = (set: string, path: string): readonly string[] => [
    `configuration:${kind}.${set}.${path}`,
    `configuration:any.${set}.${path}`,
  ];
  return {
    label: (path) => textOf(t, ...names('fields', path)),
    help: (path) => {
      const found = names('help', path).find((name) => i18next.exists(name));
      return found === undefined ? undefined : t(found);
    },
    value: (path, value) => {
      const name = value.replaceAll(/[.:]/g, ' ');
      const found = names('values', `${path}.${name}`).find((each) => i18next.exists(each));
      return found === undefined ? value : t(found);
    },
  };
}
