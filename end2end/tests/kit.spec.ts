// The kit: every part with each of its states, and how pages look when something goes wrong.
import { expect, test } from '@playwright/test';
import { expectAccessibleInEveryTheme, person } from './look.ts';
import { Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start({ SLIPWAY_DEVELOPMENT: 'true' }); });
test.afterAll(async () => { await portal.stop(); });

test('D15 every part of the kit is for everybody, in any theme', async ({ browser }) => {
  const page = await person(browser, portal);
  for (const path of ['/ui', '/ui?fault=panic', '/ui?fault=unavailable']) {
    await page.goto(portal.url + path);
    await expectAccessibleInEveryTheme(page, path);
  }
  await page.context().close();
});

test('D15 a page that broke names the number under which the log has it', async ({ page }) => {
  await signIn(page, portal);
  const answer = await page.goto(portal.url + '/ui?fault=panic');
  expect(answer!.status()).toBe(500);
  await expect(page.getByRole('heading', { name: 'Something broke' })).toBeVisible();
  const number = (await answer!.allHeaders())['x-request-id'];
  await expect(page.getByText(number, { exact: true })).toBeVisible();
  expect(portal.output).toContain(number);
  const line = portal.output.split('\n').find((line) => line.includes(number) && line.includes('A request broke'));
  expect(line).toContain('panic was asked for');
});

test('D15 the kit needs no sideways scrolling on a narrow screen', async ({ browser }) => {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  await signIn(page, portal);
  await page.goto(portal.url + '/ui');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.close();
});
