/**
 * The administration's pages in Debian's Chromium, as somebody uses them who sees labels and clicks: what a test
 * asks for is found by its role and its name, so that it is found by a screen reader, too.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { hashPassword, ROLES, type Role } from '@conclave/api';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import type { House } from '../system/house.ts';

export const PASSWORD = 'a good long password';

const ROOT = dirname(dirname(import.meta.dirname));
/** On a machine that is busy with other tests. */
const WAIT_MS = 30_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violations = AxeResults['violations'];

export interface ConsoleOptions {
  readonly width?: number;
  readonly height?: number;
  readonly locale?: 'en-US' | 'es-ES';
  readonly colorScheme?: 'light' | 'dark';
}

/**
 * Chromium of this machine. The pages are built first, if they are older than their sources: a call manager that is
 * started afterwards serves them.
 */
export async function openBrowser(): Promise<Browser> {
  buildPages();
  return await chromium.launch({
    executablePath: '/usr/bin/chromium',
    // The tests run as root in containers, where Chromium has no sandbox.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

export function buildPages(): void {
  const script = join(ROOT, 'apps', 'web', 'build.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the pages cannot be built: ${stderr}`);
}

/** A user of each role, called like it. */
export async function addUsers({ manager }: House): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  for (const role of ROLES) {
    await manager.store.accounts.putAccount({ name: role, role, passwordHash });
  }
}

/** What serves the pages. */
export interface Served {
  readonly manager: { readonly apiPort: number };
}

/** One window with a session of its own. */
export class Console {
  readonly page: Page;
  /** What the browser complained of: errors of scripts, and what the policy of the page forbade. */
  readonly complaints: string[] = [];
  readonly #address: string;

  private constructor(page: Page, address: string) {
    this.page = page;
    this.#address = address;
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      // Refusals of the API are looked at where they are expected.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isAnswer) this.complaints.push(message.text());
    });
    page.on('dialog', (dialog) => void dialog.accept());
  }

  static async open(browser: Browser, { manager }: Served, options: ConsoleOptions = {}) {
    const { width = 1280, height = 800, locale = 'en-US', colorScheme = 'light' } = options;
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width, height },
      locale,
      colorScheme,
    });
    const address = `https://127.0.0.1:${manager.apiPort}`;
    const console = new Console(await context.newPage(), address);
    await console.page.goto(address);
    return console;
  }

  async logIn(role: Role): Promise<void> {
    const { page } = this;
    await page.locator('input[autocomplete=username]').fill(role);
    await page.locator('input[autocomplete=current-password]').fill(PASSWORD);
    await page.locator('button[type=submit]').click();
    await page.locator('nav').waitFor();
  }

  /** By its address, such as `/device/phone`. */
  async visit(path: string): Promise<void> {
    await this.page.goto(`${this.#address}/admin${path}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.atRest();
  }

  /** By its address, as a link within the pages leads there: nothing is loaded anew. */
  async follow(path: string): Promise<void> {
    await this.page.evaluate(
      `history.pushState(null, '', '/admin${path}'); dispatchEvent(new Event('popstate'))`,
    );
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.atRest();
  }

  /** By the menu: `System`, `Location`. */
  async choose(group: string, title: string): Promise<void> {
    const link = this.page.getByRole('link', { name: title, exact: true });
    if (!(await link.isVisible())) await this.press(group);
    await link.click();
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).first().click();
  }

  async heading(name: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  field(label: string): Locator {
    return this.page.getByLabel(label).first();
  }

  async fill(label: string, value: string): Promise<void> {
    await this.field(label).fill(value);
  }

  /** In a choice, by what is read. */
  async select(label: string, value: string): Promise<void> {
    await this.field(label).selectOption({ label: value });
  }

  async says(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** The addresses in the menu, with every group open. */
  async menu(): Promise<readonly string[]> {
    const links = this.page.locator('nav a');
    const groups = this.page.locator('nav button[aria-expanded=false]');
    while ((await groups.count()) > 0) await groups.first().click();
    const found = await links.evaluateAll((all) => all.map((each) => each.getAttribute('href')));
    return found.map((href) => (href ?? '').replace('/admin', ''));
  }

  /** Nothing is asked of the API any more, and nothing is loading. */
  async atRest(): Promise<void> {
    // Of several the first is gone when all are.
    await this.page.locator('.mantine-Loader-root').first().waitFor({ state: 'detached' });
  }

  /** What axe finds: controls without names, too little contrast, wrong roles. */
  async barriers(): Promise<readonly string[]> {
    await this.page.evaluate(AXE);
    const violations = await this.page.evaluate<Violations>(
      "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations)",
    );
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
    );
  }

  /** How much wider the page is than the window. */
  async overflow(): Promise<number> {
    const page = 'document.documentElement';
    return await this.page.evaluate<number>(`${page}.scrollWidth - ${page}.clientWidth`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
