// The same without JavaScript, and through crashes.
import { expect, test } from '@playwright/test';
import { badge, deploy, next, Portal, signIn, tab, undeploy } from './portal.ts';

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  let portal: Portal;
  test.beforeAll(async () => { portal = await Portal.start(); });
  test.afterAll(async () => { await portal.stop(); });

  test('D15 a person deploys, watches by reloading, and undeploys', async ({ page }) => {
    await signIn(page, portal);
    await deploy(page, portal, 'web-shop', 'plain');
    await expect(async () => {
      await page.reload();
      await expect(badge(page, 'Running')).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(page.getByRole('table', { name: 'Components' })).toContainText('worker');
    await page.getByRole('link', { name: 'Log of worker' }).click();
    await expect(page.getByRole('list', { name: 'Log' })).toContainText('starting');
    await undeploy(page, portal, 'plain');
    await expect(async () => {
      await page.reload();
      await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 500 });
    }).toPass();
  });

  test('S1.22 mistakes come back with what was typed', async ({ page }) => {
    await signIn(page, portal);
    await page.goto(portal.url + '/devops/releases/welcome/deploy');
    await page.getByLabel('Application name').fill('9lives');
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await expect(page.getByLabel('Application name')).toHaveValue('9lives');
    await expect(page.getByRole('alert')).toContainText('Begin with a lowercase letter');
    await page.getByLabel('Application name').fill('lives9');
    await next(page);
    await page.getByLabel('Administrator access').fill('ana');
    await page.getByRole('button', { name: 'Add' }).click();
    await expect(page.getByRole('list', { name: 'Chosen' })).toContainText('ana');
  });
});

test('S1.32 what an application waits for while it starts is told once', async ({ page }) => {
  const portal = await Portal.start({ SLIPWAY_SANDBOX_PACE_MS: '4000' });
  try {
    await signIn(page, portal);
    await deploy(page, portal, 'web-shop', 'waiting');
    await expect(badge(page, 'Pending')).toBeVisible({ timeout: 30_000 });
    // The timeline below tells what was said before.
    await expect(page.locator('#news').getByText(/^Waiting for /)).toHaveCount(1);
  } finally {
    await portal.stop();
  }
});

test('D20 an operation goes on after the console was killed, and ends once', async ({ page }) => {
  test.setTimeout(120_000);
  // Slow enough to be killed in the middle.
  const portal = await Portal.start({ SLIPWAY_SANDBOX_PACE_MS: '1500' });
  try {
    await signIn(page, portal);
    await deploy(page, portal, 'web-shop', 'survivor');
    await portal.kill();
    await portal.serve();
    await page.goto(portal.url + '/devops/instances/survivor');
    await expect(badge(page, 'Running')).toBeVisible({ timeout: 60_000 });
    await tab(page, 'History');
    await expect(page.getByRole('table', { name: 'History' }).getByRole('row')).toHaveCount(2);
    await undeploy(page, portal, 'survivor');
    await portal.kill();
    await portal.serve();
    await page.goto(portal.url + '/devops/instances/survivor');
    await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 60_000 });
  } finally {
    await portal.stop();
  }
});
