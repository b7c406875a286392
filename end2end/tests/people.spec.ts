// Who has access to what runs: said anew on a page, without a restart.
import { expect, test, type Page } from '@playwright/test';
import { badge, deploy, Portal, signIn, tab } from './portal.ts';

let portal: Portal;
test.beforeAll(async ({ browser }) => {
  portal = await Portal.start();
  const page = await browser.newPage();
  await signIn(page, portal);
  for (const name of ['guests', 'plainly']) {
    await deploy(page, portal, 'welcome', name);
    await expect(badge(page, 'Running')).toBeVisible({ timeout: 30_000 });
  }
  await page.close();
});
test.afterAll(async () => { await portal.stop(); });

const row = (page: Page, name: string) => page.getByRole('table', { name: 'Who has access' }).getByRole('row', { name: new RegExp(`^${name} `) });
const tasks = async (page: Page, name: string) => {
  const told = await (await page.request.get(`${portal.url}/api/v1/applications/${name}/components`)).json();
  return told.components.flatMap((component: any) => component.tasks.map(({ id, started_at, restarts }: any) => [id, started_at, restarts]));
};

test('S1.L03 somebody is given access on the page of what runs, and nothing is started anew', async ({ page }) => {
  await signIn(page, portal);
  const before = await tasks(page, 'guests');
  await page.goto(portal.url + '/devops/instances/guests');
  await tab(page, 'Access');
  await expect(row(page, 'ana')).toContainText('not verified');
  await page.getByLabel('Give').selectOption('Administrator access');
  // The island has taken over when the field is a combobox.
  const field = page.getByRole('combobox', { name: 'To a user or a group' });
  await field.fill('adm');
  await expect(page.getByRole('option', { name: /^admin/ })).toBeVisible();
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(row(page, 'admin')).toContainText('to be added');
  await expect(row(page, 'admin').getByText('verified', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Save access' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Access was changed by admin' })).toContainText('Succeeded');
  await expect(badge(page, 'Running')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save access' })).toHaveCount(0);
  expect(await tasks(page, 'guests')).toEqual(before);
  await tab(page, 'History');
  await expect(page.getByRole('table', { name: 'History' }).getByRole('row').nth(1)).toContainText('Access');
  await expect(page.getByRole('listitem').filter({ hasText: /^admins/ })).toContainText('admin');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('S1.L03 people are added, taken out, put back and saved by plain forms', async ({ page }) => {
    await signIn(page, portal);
    await page.goto(portal.url + '/devops/instances/plainly/access');
    await page.getByLabel('To a user or a group').fill('zoe');
    await page.getByLabel('To a user or a group').press('Enter');
    await expect(row(page, 'zoe')).toContainText('to be added');
    for (const name of ['ana', 'ops']) await row(page, name).getByRole('button', { name: `Remove ${name}` }).click();
    await expect(page.getByText('Nobody would administer it.')).toBeVisible();
    await page.getByRole('button', { name: 'Save access' }).click();
    await expect(page.getByRole('alert')).toContainText('Name at least one user or group with administrator access.');
    await row(page, 'ana').getByRole('button', { name: 'Put back ana' }).click();
    await page.getByRole('button', { name: 'Save access' }).click();
    await expect(page.getByText('Access was changed by admin')).toBeVisible();
    // While that is under way nothing else can be changed, and without a script the page stays as it is.
    await expect(async () => {
      await page.reload();
      await expect(page.getByLabel('To a user or a group')).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(row(page, 'ops')).toHaveCount(0);
    await expect(row(page, 'zoe')).toContainText('User');
    await page.getByRole('button', { name: 'Remove zoe' }).click();
    await page.getByRole('link', { name: 'Discard' }).click();
    await expect(row(page, 'zoe')).not.toContainText('to be removed');
  });
});
