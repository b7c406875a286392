// Several applications undeployed with one confirmation.
import { expect, test } from '@playwright/test';
import { Portal, signIn } from './portal.ts';

test.use({ javaScriptEnabled: false });
let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start({ SLIPWAY_SANDBOX_PACE_MS: '20' }); });
test.afterAll(async () => { await portal.stop(); });

test('S1.43 several applications are undeployed with one confirmation, and those that cannot say why', async ({ page }) => {
  await signIn(page, portal);
  const api = portal.url + '/api/v1/';
  for (const [name, project] of [['one', 'welcome'], ['two', 'welcome'], ['three', 'welcome'], ['broken', 'missing-image']]) {
    expect((await page.request.post(api + 'applications', { data: { name, project, version: 1, admins: ['ana'] } })).status()).toBe(202);
  }
  const running = async () => (await (await page.request.get(api + 'applications?status=Running')).json()).applications.length;
  await expect.poll(running, { timeout: 30_000 }).toBe(3);

  await page.goto(portal.url + '/devops/instances');
  await page.getByRole('button', { name: 'Undeploy chosen …' }).click();
  await expect(page.getByText('Nothing was chosen')).toBeVisible();
  await page.goto(portal.url + '/devops/instances');
  for (const name of ['one', 'two', 'broken']) await page.getByRole('checkbox', { name: `Choose ${name}` }).check();
  await page.getByRole('button', { name: 'Undeploy chosen …' }).click();
  const go = page.getByRole('table', { name: 'Applications that go' });
  await expect(go.getByRole('rowheader')).toHaveText(['two', 'one']);
  await expect(page.getByRole('table', { name: 'Applications that stay' }).getByRole('row', { name: 'broken' })).toContainText('Use Force Undeploy instead');
  // Somebody else is faster with one of them.
  expect((await page.request.delete(api + 'applications/two')).status()).toBe(202);
  await expect.poll(running).toBe(2);
  await page.getByLabel('Type how many go').fill('2');
  await page.getByRole('button', { name: 'Undeploy 2 applications' }).click();
  await expect(page.getByRole('table', { name: 'Removals that have begun' }).getByRole('rowheader')).toContainText(['one']);
  const rows = (await (await page.request.get(api + 'audit?action=undeploy')).json()).entries;
  expect(rows.filter((row: any) => row.object === 'one' && row.outcome === 'accepted')).toHaveLength(1);

  // All that a filter shows, by force.
  await page.goto(portal.url + '/devops/instances?q=broken');
  await page.getByRole('link', { name: 'Undeploy all 1 …' }).click();
  await page.getByRole('link', { name: 'Take those by force, too' }).click();
  await expect(go.getByRole('row', { name: 'broken' })).toContainText('Force Undeploy');
  await page.getByLabel('Type how many go').fill('1');
  await page.getByRole('button', { name: 'Undeploy 1 application' }).click();
  await expect(page.getByRole('table', { name: 'Removals that have begun' })).toContainText('broken');
});
