// Finding things: the palette by keys alone, the page without scripts, and what both show.
import { expect, test, type Page } from '@playwright/test';
import { expectAccessibleInEveryTheme, person } from './look.ts';
import { badge, deploy, Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start(); });
test.afterAll(async () => { await portal.stop(); });

const palette = (page: Page) => page.getByRole('dialog', { name: 'Find or do something' });
const field = (page: Page) => palette(page).getByRole('combobox', { name: 'Find' });
const chosen = (page: Page) => palette(page).getByRole('option', { selected: true });

/** The keys are heard when the islands are alive. */
async function open(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-can-find', '');
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeVisible();
}

test('D15 the palette finds an application and what can be done with it, by keys alone', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'sought');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.goto(portal.url + '/devops/releases');
  await open(page);
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('sought');
  await expect(chosen(page)).toHaveText(/^sought/);
  await expect(field(page)).toHaveAttribute('aria-expanded', 'true');
  await expect(palette(page).getByRole('group', { name: 'Actions' }).getByRole('option').first()).toBeVisible();
  await expect(palette(page).getByRole('status')).toContainText('results');
  const before = await chosen(page).getAttribute('id');
  expect(await field(page).getAttribute('aria-activedescendant')).toBe(before);
  await page.keyboard.press('ArrowDown');
  const after = await chosen(page).getAttribute('id');
  expect(after).not.toBe(before);
  expect(await field(page).getAttribute('aria-activedescendant')).toBe(after);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(palette(page).getByRole('option').last()).toHaveAttribute('aria-selected', 'true');
  await field(page).fill('logs sought');
  await expect(chosen(page)).toHaveText('Logs of sought');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(portal.url + '/devops/instances/sought/logs');

  // What was chosen last comes first.
  await open(page);
  await expect(palette(page).getByRole('group', { name: 'Recent' }).getByRole('option').first()).toHaveText('Logs of sought');
  await page.keyboard.press('Escape');
  await expect(palette(page)).toBeHidden();
});

test('D15 the palette gives the focus back, and asks for one answer at a time', async ({ page }) => {
  await signIn(page, portal);
  const asked: string[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => { letGo = resolve; });
  await page.route(/\/devops\/search/, async (route) => {
    asked.push(new URL(route.request().url()).search);
    await held;
    await route.continue();
  });
  const link = page.getByRole('link', { name: 'Application releases' });
  await link.focus();
  await open(page);
  await expect.poll(() => asked.length).toBe(1);
  await page.keyboard.type('application', { delay: 20 });
  letGo();
  await expect(palette(page).getByRole('group', { name: 'Pages' }).getByRole('option')).toHaveCount(2);
  expect(asked).toEqual(['?q=', '?q=application']);
  await page.keyboard.press('Escape');
  await expect(link).toBeFocused();
  await open(page);
  await field(page).fill('nothing-is-called-like-this');
  await expect(palette(page).getByRole('status')).toContainText('Nothing has all these words');
  await expect(field(page)).toHaveAttribute('aria-expanded', 'false');
});

test('D15 a click into the field of the top bar opens the palette; typing into it and Enter lead to a page', async ({ page }) => {
  await signIn(page, portal);
  await expect(page.locator('html')).toHaveAttribute('data-can-find', '');
  const search = page.getByRole('search').getByRole('searchbox', { name: 'Find' });
  await search.click();
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await search.focus();
  await page.keyboard.type('web-shop');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Search', level: 1 })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Projects' }).getByRole('link', { name: /^web-shop/ })).toBeVisible();
});

test('D15 the palette is in nobody\'s way, in any theme', async ({ browser }) => {
  const page = await person(browser, portal);
  await open(page);
  await expect(palette(page).getByRole('option').first()).toBeVisible();
  await expectAccessibleInEveryTheme(page, 'the palette');
  await page.goto(portal.url + '/devops/search?q=web');
  await expectAccessibleInEveryTheme(page, 'the page Search');
  await page.context().close();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('D15 the field in the top bar is a form, and what it finds is a page of links', async ({ page }) => {
    await signIn(page, portal);
    await page.getByRole('search').getByRole('searchbox', { name: 'Find' }).fill('deploy holiday');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Actions' }).getByRole('link', { name: 'Deploy holiday' }).click();
    await expect(page.getByLabel('Application name')).toBeVisible();
  });
});
