// Slipway about itself: its parts and how they stand, and its settings.
import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { expectAccessibleInEveryTheme, person } from './look.ts';
import { Portal, program, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start({ SLIPWAY_SESSION_HOURS: '7' }); });
test.afterAll(async () => { await portal.stop(); });

const row = (page: Page, table: string, name: RegExp | string) => page.getByRole('table', { name: table }).getByRole('row', { name });

/** Takes the releases away, and puts them back whatever happens. */
async function without(what: () => Promise<void>): Promise<void> {
  const elsewhere = join(portal.folder, 'elsewhere');
  renameSync(portal.releases, elsewhere);
  try {
    await what();
  } finally {
    renameSync(elsewhere, portal.releases);
  }
}

/** The pages are in that language from now on, whatever the browser asks for. */
async function speak(page: Page, language: string): Promise<void> {
  await page.context().addCookies([{ name: 'slipway_look', value: `system.${language}`, url: portal.url }]);
}

/** Looks until it is so: parts are asked once in a few seconds. */
async function lookUntil(page: Page, text: string): Promise<void> {
  await expect(async () => {
    await page.goto(portal.url + '/system');
    await expect(page.getByRole('main')).toContainText(text, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
}

test('D24 the page System shows how each part stands, and where each setting comes from', async ({ page }) => {
  await signIn(page, portal);
  await page.getByRole('navigation', { name: 'Devops' }).getByRole('link', { name: 'System' }).click();
  await expect(page.getByRole('heading', { name: 'System', level: 1 })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Everything works');
  await expect(row(page, 'Parts', /^Database/)).toContainText('works');
  await expect(row(page, 'Parts', /^Database/)).toContainText('SQLite');
  await expect(row(page, 'Parts', /^Cluster/)).toContainText('Simulated');
  await expect(row(page, 'Parts', /^Identity provider/)).toContainText('not set up');
  await expect(row(page, 'Settings', 'SLIPWAY_SESSION_HOURS')).toContainText(/7.*environment/);
  await expect(row(page, 'Settings', 'SLIPWAY_ADMIN_PASSWORD')).toContainText(/set.*environment/);
  await expect(row(page, 'Settings', 'SLIPWAY_IMAGE_MIRROR')).toContainText('not set');
  await page.getByRole('link', { name: 'Refresh' }).click();
  await expect(page.getByRole('heading', { name: 'System', level: 1 })).toBeVisible();
});

test('D24 the palette leads to the page System', async ({ page }) => {
  await signIn(page, portal);
  await expect(page.locator('html')).toHaveAttribute('data-can-find', '');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('system');
  await expect(page.getByRole('option', { name: 'System', selected: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(portal.url + '/system');
});

test('D24 a part that is away says what happened, why and what to do, in any theme and language', async ({ browser }) => {
  test.setTimeout(120_000);
  const page = await person(browser, portal);
  await lookUntil(page, 'Everything works');
  await expectAccessibleInEveryTheme(page, '/system');
  await without(async () => {
    await lookUntil(page, '1 part is away');
    await expect(page.getByRole('alert')).toContainText('The releases directory cannot be read. It is not there.');
    await expect(page.getByRole('alert')).toContainText('SLIPWAY_RELEASES_DIR');
    await expect(row(page, 'Parts', /^Releases/)).toContainText('away');
    await expectAccessibleInEveryTheme(page, '/system with a part that is away');
    await speak(page, 'de');
    await page.goto(portal.url + '/system');
    await expect(page.getByRole('alert')).toContainText('Das Verzeichnis der Releases kann nicht gelesen werden. Es ist nicht da.');
    await expect(row(page, 'Teile', /^Releases/)).toContainText('weg');
  });
  await lookUntil(page, 'Alles funktioniert');
  await page.context().close();
});

test('D24 the page System fits on a narrow screen, in each language', async ({ browser }) => {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  await signIn(page, portal);
  for (const language of ['en', 'de']) {
    await speak(page, language);
    await page.goto(portal.url + '/system');
    expect(await page.evaluate(() => document.documentElement.scrollWidth), language).toBeLessThanOrEqual(360);
    await expect(page.getByRole('main')).toContainText(language === 'de' ? 'Datenbank' : 'Database');
  }
  await page.close();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('D24 the page System works all the same', async ({ page }) => {
    await signIn(page, portal);
    await page.goto(portal.url + '/system');
    await expect(row(page, 'Parts', /^Database/)).toContainText('works');
    await page.getByRole('link', { name: 'Refresh' }).click();
    await expect(row(page, 'Settings', 'SLIPWAY_SESSION_HOURS')).toContainText('7');
  });
});

test('D21 whoever may not see the system is told what is missing, and shown no way there', async ({ page }) => {
  const told = execFileSync(program, ['accounts', 'add', 'dora', '--no-role', '--data-dir', join(portal.folder, 'var')], { encoding: 'utf8', env: {} });
  await page.goto(portal.url + '/sign-in');
  await page.getByLabel('Name').fill('dora');
  await page.getByLabel('Password').fill(told.split('\n')[0].split(' ').pop()!);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  const answer = await page.goto(portal.url + '/system');
  expect(answer!.status()).toBe(403);
  await expect(page.getByRole('heading', { name: 'You may not see this' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Seeing the system needs the role APS_DEVOPS or APS_READER.');
  await expect(page.getByRole('link', { name: 'System' })).toHaveCount(0);
});
