// How soon a badge says what has happened, and that it goes on after the console was away.
import { expect, test } from '@playwright/test';
import { badge, Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start({ SLIPWAY_SANDBOX_PACE_MS: '300' }); });
test.afterAll(async () => { await portal.stop(); });

test('D15 a badge is repainted within 100 ms of its event, and follows again after the console was away', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  const api = portal.url + '/api/v1/applications';
  for (const name of ['first', 'second']) {
    expect((await page.request.post(api, { data: { name, project: 'welcome', version: 1, admins: ['ana'] } })).status()).toBe(202);
  }
  await expect.poll(async () => (await (await page.request.get(api + '?status=Running')).json()).applications.length, { timeout: 30_000 }).toBe(2);
  await page.addInitScript(() => {
    // When the event came, before anybody on the page knew of it, and when the badge was painted.
    const times: Record<string, number> = ((window as any).times = {});
    const Plain = window.EventSource;
    window.EventSource = class extends Plain {
      constructor(address: string | URL) {
        super(address);
        this.addEventListener('application', ({ data }) => {
          const { name, standing } = JSON.parse(data);
          times[`event ${name} ${standing.status}`] ??= performance.now();
        });
      }
    };
    new MutationObserver(() => {
      for (const row of document.querySelectorAll('tr[id^="row-"]')) {
        const [name, status] = [row.querySelector('a')?.textContent, row.querySelector('leptos-island')?.textContent?.trim()];
        requestAnimationFrame(() => (times[`paint ${name} ${status}`] ??= performance.now()));
      }
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await page.goto(portal.url + '/devops/instances');
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^(Choose ${name} )?${name}`) });
  await expect(page.locator('html')).toHaveAttribute('data-can-find', '');
  await page.waitForTimeout(500);
  expect((await page.request.delete(api + '/first')).status()).toBe(202);
  await expect(row('first')).toContainText('Undeploying');
  const times = await page.evaluate(() => (window as any).times);
  const [came, painted] = Object.entries<number>(times).filter(([what]) => what.includes(' first Undeploying')).sort(([one], [other]) => one.localeCompare(other)).map(([, at]) => at);
  console.log(`painted ${(painted - came).toFixed(1)} ms after its event`);
  expect(painted - came).toBeLessThan(100);

  await portal.kill();
  await page.waitForTimeout(2000);
  await portal.serve();
  await expect(async () => {
    expect((await page.request.get(api + '/second')).status()).toBe(200);
  }).toPass();
  expect((await page.request.delete(api + '/second')).status()).toBe(202);
  await expect(row('second')).not.toContainText('Running', { timeout: 30_000 });
});

test('D15 while the stream is lost a page says so and since when, and is right again when it is back', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  const api = portal.url + '/api/v1/applications';
  expect((await page.request.post(api, { data: { name: 'third', project: 'welcome', version: 1, admins: ['ana'] } })).status()).toBe(202);
  const status = async () => (await (await page.request.get(api + '/third')).json()).standing.status;
  await expect.poll(status, { timeout: 30_000 }).toBe('Running');
  await page.goto(portal.url + '/devops/instances/third');
  const lost = page.getByRole('status').getByText('Connection lost, trying again.');
  await expect(page.locator('html')).toHaveAttribute('data-can-find', '');
  await expect(badge(page, 'Running')).toBeVisible();
  await expect(lost).toBeHidden();

  await portal.kill();
  await expect(lost).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Connection lost' })).toHaveText(/What you see may be old, as of \d\d:\d\d UTC\.$/);
  await expect(badge(page, 'Running')).toBeVisible();
  // The console is back, and the way to its events is not: what happens meanwhile, the page cannot know.
  await page.route(/\/api\/v1\/events/, (route) => route.abort());
  await portal.serve();
  await expect(async () => expect(await status()).toBe('Running')).toPass();
  expect((await page.request.delete(api + '/third')).status()).toBe(202);
  await expect.poll(status, { timeout: 30_000 }).toBe('Undeployed');
  await expect(badge(page, 'Running')).toBeVisible();
  await expect(lost).toBeVisible();
  await page.unroute(/\/api\/v1\/events/);
  // Whoever is online again does not wait for the next try.
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(lost).toBeHidden({ timeout: 3000 });
  await expect(badge(page, 'Undeployed')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Nothing is left' })).toBeVisible();
});

test('D15 a page that is lost comes back by itself, and a visit that has ended leads to the sign-in page', async ({ page, browser }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/instances');
  await expect(page.locator('html')).toHaveAttribute('data-can-find', '');
  await page.evaluate(() => { (window as any).sameDocument = true; });
  const lost = page.getByRole('status').getByText('Connection lost, trying again.');
  await portal.kill();
  await expect(lost).toBeVisible();
  await page.waitForTimeout(3000);
  await portal.serve();
  await expect(lost).toBeHidden({ timeout: 40_000 });
  expect(await page.evaluate(() => (window as any).sameDocument)).toBe(true);

  const other = await browser.newPage();
  await signIn(other, portal);
  await other.goto(portal.url + '/account');
  await other.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Slipway' })).toBeVisible({ timeout: 40_000 });
  await other.close();
});
