// How soon a badge says what has happened, and that it goes on after the console was away.
import { expect, test } from '@playwright/test';
import { Portal, signIn } from './portal.ts';

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
