/** Pictures of the main pages into docs/images, of a real system with a conference in it: `npm run screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { confer, House } from '../system/house.ts';
import { addUsers, Console, type ConsoleOptions, openBrowser } from './console.ts';

interface Picture extends ConsoleOptions {
  readonly name: string;
  readonly path: string;
  /** What is done before the picture is taken. */
  readonly prepare?: (console: Console) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  { name: 'conferences', path: '/security/conferences' },
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
await confer(...(await house.phones('1001', '1002', '1003')));
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
