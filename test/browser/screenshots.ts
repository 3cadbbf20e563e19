/** Pictures of the main pages into docs/images, of a real system with a conference in it: `npm run screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Phone } from '@conclave/phone';
import { add, confer, House, meetMe } from '../system/house.ts';
import { addUsers, Console, type ConsoleOptions, openBrowser } from './console.ts';

interface Picture extends ConsoleOptions {
  readonly name: string;
  readonly path: string;
  /** What is done before the picture is taken. */
  readonly prepare?: (console: Console) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: 'conferences', path: '/security/conferences' },
  {
    name: 'conference',
    path: '/security/conferences',
    colorScheme: 'dark',
    height: 1100,
    prepare: async ({ page }) => {
      await page.getByRole('article').getByRole('link').first().click();
      await page.getByRole('region', { name: 'What if' }).waitFor();
    },
  },
  { name: 'conference-bridges', path: '/media-resources/conference-bridge' },
  { name: 'conference-bridge', path: '/media-resources/conference-bridge/CFB-SECURE' },
  { name: 'service-parameters', path: '/system/service-parameters', colorScheme: 'dark' },
  { name: 'phones-on-a-phone', path: '/device/phone', width: 375, locale: 'es-ES' },
];

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'images');

mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
const house = await House.open();
await addUsers(house);
await house.bridge('CFB-SECURE');
await house.bridge('CFB-PLAIN');
const [ada, alan, grace, hedy, joan] = (await house.phones(
  ...['1001', '1002', '1003', '1005', '1006'],
)) as [Phone, Phone, Phone, Phone, Phone];
await confer(ada, alan, grace);
await add(ada, hedy);
await meetMe(joan, '5000');
for (const { name, path, prepare, ...options } of PICTURES) {
  const console = await Console.open(browser, house, { height: 720, ...options });
  await console.logIn('administrator');
  await console.visit(path);
  await prepare?.(console);
  await console.page.screenshot({ path: join(FOLDER, `${name}.png`) });
  process.stdout.write(`docs/images/${name}.png\n`);
  await console.close();
}
await browser.close();
await house.close();
process.exit(0);
