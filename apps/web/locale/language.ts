/**
 * The languages of the pages: every folder with texts has a file for each, such as `shell/es.json`, and the
 * folder's name is the first half of a text's name (`shell:logIn`). Who adds `fr.json` files has added French:
 * `shell/fr.json` says what it calls itself. What it lacks is shown in English.
 */
import i18next, { type TFunction } from 'i18next';
import { initReactI18next } from 'react-i18next';

const KEPT_AS = 'conclave-language';

type Texts = Readonly<Record<string, unknown>>;

const files = import.meta.glob<Texts>('../*/??.json', { eager: true, import: 'default' });

const resources: Record<string, Record<string, Texts>> = {};
for (const [path, texts] of Object.entries(files)) {
  const [, folder = '', language = ''] = /\/([\w-]+)\/(\w+)\.json$/.exec(path) ?? [];
  resources[language] = { ...resources[language], [folder]: texts };
}

/** What they call themselves, by their codes. */
export const LANGUAGES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(resources).map(([code, { shell }]) => [code, String(shell?.languageName ?? code)]),
);

export async function startLanguage(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language;
  });
  await i18next.use(initReactI18next).init({
    resources,
    lng: firstLanguage(),
    fallbackLng: 'en',
    ns: Object.keys(resources.en ?? {}),
    defaultNS: 'shell',
    // React writes texts as texts.
    interpolation: { escapeValue: false },
  });
}

export function changeLanguage(language: string): void {
  window.localStorage.setItem(KEPT_AS, language);
  void i18next.changeLanguage(language);
}

/** The text of the first name that has one, else the last word of the first name. */
export function textOf(t: TFunction, ...names: readonly string[]): string {
  const found = names.find((name) => i18next.exists(name));
  return found === undefined ? (names[0]?.split(/[:.]/).at(-1) ?? '') : t(found);
}

/** What was chosen, else the first of the browser's that there is. */
function firstLanguage(): string {
  const wanted = [window.localStorage.getItem(KEPT_AS) ?? '', ...window.navigator.languages];
  const short = wanted.map((each) => each.slice(0, 2));
  return short.find((each) => Object.hasOwn(LANGUAGES, each)) ?? 'en';
}
