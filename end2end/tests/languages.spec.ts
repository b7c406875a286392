// Every page in the person's language: the one that they chose, else the one that their browser asks for.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leftEnglish, written } from './german.ts';
import { expectAccessible } from './look.ts';
import { badge, password, Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start(); });
test.afterAll(async () => { await portal.stop(); });

/** Signs in by the German names. */
async function anmelden(page: Page): Promise<void> {
  await page.goto(portal.url + '/sign-in');
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Passwort').fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await expect(page.getByRole('heading', { name: 'Überblick' })).toBeVisible();
}

/** From the list of releases to the application's page. */
async function bereitstellen(page: Page, name: string): Promise<void> {
  await page.goto(portal.url + '/devops/releases');
  await expect(page.getByRole('heading', { name: 'Anwendungsreleases' })).toBeVisible();
  await page.getByRole('link', { name: 'web-shop bereitstellen', exact: true }).click();
  await page.getByLabel('Name der Anwendung').fill(name);
  await page.getByRole('button', { name: 'Weiter', exact: true }).click();
  await page.getByLabel('Verwaltungszugang').fill('ana');
  for (const step of ['Benutzungszugang', 'Infrastruktur', 'Prüfung']) {
    await page.getByRole('button', { name: 'Weiter', exact: true }).click();
    await expect(page.getByRole('navigation', { name: 'Schritte' }).locator('[aria-current="step"]')).toContainText(step);
  }
  await page.getByRole('button', { name: 'Bereitstellen', exact: true }).click();
  await expect(page.getByRole('heading', { name, level: 1, exact: true })).toBeVisible();
}

/** From the list of instances to the application's page. */
async function entfernen(page: Page, name: string): Promise<void> {
  await page.goto(portal.url + '/devops/instances');
  await page.getByRole('link', { name: `${name} entfernen`, exact: true }).click();
  await page.getByLabel('Geben Sie zur Bestätigung').fill(name);
  await page.getByRole('button', { name: 'Entfernen', exact: true }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** Somebody whose browser is set up in that language. */
async function person(browser: Browser, locale: string, more: object = {}): Promise<Page> {
  return (await browser.newContext({ locale, reducedMotion: 'reduce', ...more })).newPage();
}

test('D15 a browser that asks for German gets it: deploying, watching and undeploying by German names', async ({ browser }) => {
  const page = await person(browser, 'de-DE');
  await anmelden(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await bereitstellen(page, 'laden');
  // The badge is repainted in the browser, from the words of the page.
  await expect(badge(page, 'Läuft')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('table', { name: 'Komponenten' })).toContainText('worker');
  await page.getByRole('navigation', { name: 'Teile von laden' }).getByRole('link', { name: 'Verlauf' }).click();
  await expect(page.getByRole('table', { name: 'Verlauf' })).toContainText('Bereitstellen');
  await page.goto(portal.url + '/devops/instances');
  const row = page.getByRole('row', { name: /laden/ });
  await expect(row).toContainText('Läuft');
  await expect(row.locator('time').first()).toHaveText(/^(vor \d+ (s|min)|gerade eben)$/);
  await entfernen(page, 'laden');
  await expect(badge(page, 'Entfernt')).toBeVisible({ timeout: 30_000 });
  await page.context().close();
});

test('D15 what is said about a mistake, and about who may do what, is German too', async ({ browser }) => {
  const page = await person(browser, 'de');
  await anmelden(page);
  await page.goto(portal.url + '/devops/releases/web-shop/deploy');
  const told = page.locator('#name-told');
  await page.getByLabel('Name der Anwendung').fill('9leben');
  await expect(told).toHaveText('Beginnen Sie mit einem kleinen Buchstaben.');
  await page.getByLabel('Name der Anwendung').fill('leben9');
  await expect(told).toHaveText('Dieser Name ist frei.');
  await page.getByLabel('Name der Anwendung').fill('Mein Laden');
  await page.getByRole('button', { name: 'Weiter', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Einige Antworten stimmen noch nicht');
  await expect(page.getByRole('alert')).toContainText('Nehmen Sie nur kleine Buchstaben, Ziffern und Bindestriche.');
  await page.goto(portal.url + '/devops/instances/gibt-es-nicht');
  await expect(page.getByRole('main')).toContainText('Keine Anwendung heißt');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Finden' }).fill('protokoll');
  await expect(page.getByRole('option', { name: 'Protokoll' })).toBeVisible();
  await expect(page.locator('#palette-told')).toHaveText('1 Ergebnis');
  await page.context().close();
});

test('D15 the language that a person chose wins over what their browser asks for, and stays', async ({ browser }) => {
  const page = await person(browser, 'de');
  await anmelden(page);
  await page.goto(portal.url + '/devops/instances?sort=name');
  await page.getByRole('button', { name: 'Darstellung' }).click();
  await page.getByRole('group', { name: 'Sprache' }).getByRole('button', { name: 'English' }).click();
  expect(page.url()).toBe(portal.url + '/devops/instances?sort=name');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('heading', { name: 'Application instances' })).toBeVisible();
  await page.goto(portal.url + '/devops/releases');
  await expect(page.getByRole('heading', { name: 'Application releases' })).toBeVisible();
  // Another choice at the same place does not take it back.
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Dark', exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.context().close();
});

test('D15 a language that is not there is English, and what goes wrong outside of pages is told in the language, too', async ({ browser }) => {
  const page = await person(browser, 'fr');
  await signIn(page, portal);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  const ask = (language: string) => page.request.fetch(portal.url + '/sign-in', { method: 'DELETE', headers: { accept: 'text/html', 'accept-language': language } });
  expect(await (await ask('de')).text()).toContain('<html lang="de"');
  expect(await (await ask('fr')).text()).toContain('<html lang="en"');
  await page.context().close();
});

test.describe('without JavaScript', () => {
  test('D15 a person chooses German, deploys, and undeploys', async ({ browser }) => {
    const page = await person(browser, 'en', { javaScriptEnabled: false });
    await signIn(page, portal);
    await page.getByRole('button', { name: 'Appearance' }).click();
    await page.getByRole('button', { name: 'Deutsch' }).click();
    await expect(page.getByRole('heading', { name: 'Überblick' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await bereitstellen(page, 'schlicht');
    await expect(async () => {
      await page.reload();
      await expect(badge(page, 'Läuft')).toBeVisible({ timeout: 500 });
    }).toPass();
    await entfernen(page, 'schlicht');
    await expect(async () => {
      await page.reload();
      await expect(badge(page, 'Entfernt')).toBeVisible({ timeout: 500 });
    }).toPass();
    await page.context().close();
  });
});

/** Releases that nobody can read, each for a reason of its own. */
function breakReleases(): void {
  const manifest = (name: string, more: object) => JSON.stringify({ kind: 'container', name, version: '1', components: [], ...more });
  const files = { 'no-component': manifest('no-component', {}), 'other-name': manifest('shop', {}), 'no-json': '{"kind": "container",', 'odd-key': manifest('odd-key', { colour: 'red' }), 'odd-kind': '{"kind": "app"}' };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(portal.releases, name, '1'), { recursive: true });
    writeFileSync(join(portal.releases, name, '1', `${name}.json`), text);
  }
  mkdirSync(join(portal.releases, 'Not a name'));
  mkdirSync(join(portal.releases, 'cut-off'));
  writeFileSync(join(portal.releases, 'cut-off', '1.zip'), 'PK');
  symlinkSync('/', join(portal.releases, 'a-link'));
}

test('D15 no English sentence is left on a German page, and what the cluster says is marked as English', async ({ browser }) => {
  test.setTimeout(480_000);
  breakReleases();
  const page = await person(browser, 'de');
  await anmelden(page);
  const api = portal.url + '/api/v1/applications';
  for (const [name, project] of [['heil', 'web-shop'], ['ohne-image', 'missing-image'], ['kaputt', 'unsteady'], ['weg', 'welcome']]) {
    expect((await page.request.post(api, { data: { name, project, version: 1, admins: ['ana'] } })).status()).toBe(202);
  }
  const standing = async (name: string) => (await (await page.request.get(`${api}/${name}`)).json()).standing;
  await expect.poll(async () => (await standing('heil')).status, { timeout: 60_000 }).toBe('Running');
  await expect.poll(async () => (await standing('ohne-image')).cause, { timeout: 60_000 }).toBeTruthy();
  await expect.poll(async () => (await standing('kaputt')).cause, { timeout: 60_000 }).toBeTruthy();
  await expect.poll(async () => (await standing('weg')).status, { timeout: 60_000 }).toBe('Running');
  // What is refused is in the audit trail, with the reason.
  expect((await page.request.post(`${api}/heil/retry`)).status()).toBe(409);
  expect((await page.request.put(`${api}/heil`, { data: { version: 77 } })).ok()).toBe(false);
  expect((await page.request.post(portal.url + '/api/v1/tokens', { data: { name: 'ci', scopes: ['read'], days: 3 } })).status()).toBe(201);
  expect((await page.request.post(`${api}/heil/images`)).status()).toBeLessThan(500);
  expect((await page.request.put(`${api}/heil/access`, { data: { admins: ['ana', 'zoe'] } })).status()).toBe(202);
  expect((await page.request.delete(`${api}/weg`)).status()).toBe(202);
  await expect.poll(async () => (await standing('weg')).status, { timeout: 60_000 }).toBe('Undeployed');
  await expect.poll(async () => (await (await page.request.get(`${api}/heil/operations`)).json()).operations[0].progress.state).toBe('succeeded');
  const operation = (await (await page.request.get(`${api}/heil/operations`)).json()).operations[0].id;

  const own = await written(page, portal);
  const left: string[] = [];
  const look = async (path: string) => {
    await page.goto(portal.url + path);
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    for (const details of await page.locator('details:not([open]) > summary').all()) await details.click({ timeout: 1000 }).catch(() => {});
    left.push(...(await leftEnglish(page, own)).map((text) => `${path}: ${text}`));
  };
  const tabs = ['', '/components', '/logs', '/events', '/history', '/configuration', '/access'];
  const wizard = ['?check=1', '/admins?check=1', '/users?check=1', '/connectors?check=1', '/connectors?view=json', '/infrastructure?check=1', '/review'];
  for (const name of ['heil', 'ohne-image', 'kaputt', 'weg']) for (const part of tabs) await look(`/devops/instances/${name}${part}`);
  for (const part of wizard) await look(`/devops/releases/holiday/deploy${part}`);
  for (const path of ['/', '/devops/releases', '/devops/releases/web-shop', '/devops/releases/holiday', '/devops/instances', '/devops/instances?status=Running',
    '/devops/instances?q=gibt-es-nicht', '/devops/undeploy', '/devops/undeploy?app=heil&app=weg&app=kaputt', '/account', '/account/tokens', '/audit?verify=1', '/audit?outcome=refused',
    '/audit?q=gibt-es-nicht', '/devops/search?q=heil', '/devops/instances/heil/undeploy', '/devops/instances/kaputt/undeploy?force=true', '/devops/instances/heil/update/review',
    `/devops/instances/heil/operations/${operation}`, '/devops/instances/nirgends', '/devops/releases/nirgends', '/nirgends']) await look(path);
  expect([...new Set(left)]).toEqual([]);

  await page.goto(portal.url + '/devops/releases');
  const broken = page.getByRole('status').filter({ hasText: 'können nicht gelesen werden' });
  await expect(broken).toContainText('das Release hat keine Komponente, also gibt es nichts bereitzustellen');
  await expect(broken).toContainText('dem Zip fehlt das Ende; es wurde abgeschnitten');
  await page.goto(portal.url + '/devops/instances/ohne-image');
  await expect(page.getByRole('alert').locator('pre')).toHaveAttribute('lang', 'en');
  await page.goto(portal.url + '/audit');
  await page.getByLabel('Aktion').selectOption('Entfernen');
  await page.getByRole('button', { name: 'Suchen' }).first().click();
  await expect(page).toHaveURL(/action=undeploy/);
  await expect(page.getByRole('table', { name: 'Protokoll' }).getByRole('row').nth(1)).toContainText('Entfernen');
  await page.context().close();
});

test('D15 German pages are in nobody\'s way, and fit on a narrow screen', async ({ browser }) => {
  test.setTimeout(180_000);
  const page = await person(browser, 'de');
  await anmelden(page);
  await bereitstellen(page, 'breit');
  await expect(badge(page, 'Läuft')).toBeVisible({ timeout: 30_000 });
  const name = '/devops/instances/breit';
  const pages = ['/', '/devops/releases', '/devops/releases/web-shop', '/devops/releases/web-shop/deploy', '/devops/instances', '/account', '/account/tokens',
    '/audit', '/system', '/devops/search?q=o', name, `${name}/components`, `${name}/logs`, `${name}/events`, `${name}/history`, `${name}/configuration`,
    `${name}/undeploy`, `${name}/update/review`];
  for (const path of pages) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(portal.url + path);
    await expectAccessible(page, path);
    if (process.env.SLIPWAY_TEST_LOOK) await page.screenshot({ path: `${process.env.SLIPWAY_TEST_LOOK}/wide${path.replaceAll(/\W/g, '-')}.png`, fullPage: true });
    await page.setViewportSize({ width: 360, height: 740 });
    if (process.env.SLIPWAY_TEST_LOOK) await page.screenshot({ path: `${process.env.SLIPWAY_TEST_LOOK}/narrow${path.replaceAll(/\W/g, '-')}.png`, fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} is as wide as the screen`).toBeLessThanOrEqual(360);
  }
  await page.context().close();
});
