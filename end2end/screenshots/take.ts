// Pictures of each page in its important states. What differs from run to run (times, made-up ids) is made the same,
// so that a picture changes when the page does.
import { expect, test, type Page } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { badge, deploy, onTo, order, Portal, signIn, tab } from '../tests/portal.ts';

const folder = process.env.SLIPWAY_TEST_SCREENSHOTS ?? 'docs/images';
const size = { width: 1280, height: 800 };

test.use({ viewport: size, colorScheme: 'light', reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    for (const time of document.querySelectorAll('time')) time.textContent = /^\d/.test(time.textContent ?? '') || time.textContent === 'just now' ? '2 min ago' : time.textContent;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const same = text.data.replace(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, '01JZ0000000000000000000000').replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:3000').replace(/\/tmp\/slipway-\w+/g, '/var/lib/slipway');
      if (same !== text.data) text.data = same;
    }
    (document.activeElement as HTMLElement | null)?.blur?.();
  });
  await page.screenshot({ path: join(folder, `console-${name}.png`), animations: 'disabled', caret: 'hide' });
}

async function dress(page: Page, portal: Portal, value: string): Promise<void> {
  await page.context().addCookies([{ name: 'slipway_look', value, url: portal.url }]);
}

test('every page in its important states', async ({ page }) => {
  mkdirSync(folder, { recursive: true });
  const portal = await Portal.start({ SLIPWAY_DEVELOPMENT: 'true' });
  const show = async (path: string, name: string) => { await page.goto(portal.url + path); await take(page, name); };
  try {
    await page.goto(portal.url + '/sign-in');
    await take(page, 'sign-in');
    await signIn(page, portal);
    await show('/devops/instances', 'instances-empty');
    await show('/devops/releases', 'releases');
    await show('/devops/releases/holiday', 'project');

    await deploy(page, portal, 'web-shop', 'shop');
    await expect(badge(page, 'Running')).toBeVisible();
    await deploy(page, portal, 'welcome', 'hello', '1');
    await expect(badge(page, 'Running')).toBeVisible();
    await deploy(page, portal, 'unsteady', 'restless');
    // It runs for a moment now and then; what waits to be started again stays so for a while.
    await expect(page.getByRole('alert')).toContainText('CrashLoopBackOff', { timeout: 60_000 });
    await expect(badge(page, 'Pending')).toBeVisible();
    await take(page, 'instance-failing');

    await page.goto(portal.url + '/devops/releases/holiday/deploy');
    await page.getByLabel('Application name').fill('leave');
    await take(page, 'wizard-name');
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByLabel('Administrator access').fill('ana');
    await page.getByLabel('Administrator access').press('Enter');
    await take(page, 'wizard-people');
    await onTo(page, 'Connectors');
    await take(page, 'wizard-connectors');
    await page.goto(portal.url + '/devops/releases/web-shop/deploy');
    await order(page, 'corner-shop');
    await take(page, 'wizard-review');

    await show('/', 'overview');
    await show('/devops/instances', 'instances');
    await show('/devops/instances/shop', 'instance');
    for (const part of ['Components', 'Logs', 'Events', 'History', 'Configuration', 'Access']) {
      await tab(page, part);
      await take(page, `instance-${part.toLowerCase()}`);
    }
    await show('/devops/instances/shop/undeploy', 'undeploy');
    await page.getByText('Copy as curl or as a command').click();
    await take(page, 'copy-as');
    await show('/audit', 'audit');
    await show('/account/tokens', 'tokens');
    await show('/system', 'system');
    await show('/ui?fault=panic', 'error');

    await page.goto(portal.url + '/devops/instances');
    await expect(page.locator('html')).toHaveAttribute('data-can-find', '');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('shop');
    await expect(page.getByRole('option', { selected: true })).toHaveText(/^shop/);
    await take(page, 'palette');

    await dress(page, portal, 'dark');
    await show('/devops/instances/shop', 'instance-dark');
    await dress(page, portal, 'contrast');
    await show('/devops/instances/restless', 'instance-contrast');
    await dress(page, portal, 'light');
    await page.setViewportSize({ width: 360, height: 740 });
    await show('/devops/instances', 'instances-phone');
  } finally {
    await portal.stop();
  }
});
