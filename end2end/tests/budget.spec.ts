// How much a browser has to fetch, and that nothing jumps meanwhile.
import { expect, test } from '@playwright/test';
import { Portal, signIn } from './portal.ts';

const KiB = 1024;
let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start({ SLIPWAY_SANDBOX_PACE_MS: '5' }); });
test.afterAll(async () => { await portal.stop(); });

test('D15 the first load of fifty applications is 120 KB, a later page 9 KB and no asset, and nothing jumps', async ({ browser }) => {
  test.setTimeout(300_000);
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, portal);
  for (let number = 0; number < 50; number++) {
    const data = { name: `crowd-${number}`, project: 'welcome', version: 1, admins: ['ana'] };
    expect((await page.request.post(portal.url + '/api/v1/applications', { data })).status()).toBe(202);
  }
  await expect.poll(async () => (await (await page.request.get(portal.url + '/api/v1/applications?status=Running&limit=100')).json()).applications.length, { timeout: 200_000 }).toBe(50);
  const [session] = (await context.cookies()).filter((cookie) => cookie.name === 'slipway_session');
  await context.close();

  // A browser that has nothing of it yet, and counts what comes over the wire.
  const fresh = await browser.newContext();
  await fresh.addCookies([session]);
  const cold = await fresh.newPage();
  const wire = await fresh.newCDPSession(cold);
  await wire.send('Network.enable');
  let bytes = 0, files: string[] = [];
  const kept = new Set<string>();
  wire.on('Network.requestServedFromCache', ({ requestId }) => kept.add(requestId));
  wire.on('Network.responseReceived', ({ requestId, response }) => {
    if (!kept.has(requestId) && !response.fromDiskCache) files.push(new URL(response.url).pathname);
  });
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await cold.addInitScript(() => {
    // What jumped, by how much.
    const jumps: string[] = ((window as any).jumps = []);
    new PerformanceObserver((list) => {
      for (const { value, sources, hadRecentInput } of list.getEntries() as any[]) {
        if (hadRecentInput) continue;
        const where = sources.map(({ node, previousRect, currentRect }: any) => {
          const element = node instanceof Element ? node : node?.parentElement;
          const place = ({ x, y, width, height }: DOMRect) => [x, y, width, height].map(Math.round).join(' ');
          return `${element?.tagName}.${element?.className} ${place(previousRect)} -> ${place(currentRect)}`;
        });
        jumps.push(`${value}: ${where.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await cold.goto(portal.url + '/devops/instances');
  await expect(cold.locator('html')).toHaveAttribute('data-can-find', '');
  await expect(cold.getByRole('row')).toHaveCount(51);
  await cold.waitForTimeout(1000);
  console.log(`first load: ${bytes} bytes of ${files.join(' ')}`);
  expect(bytes).toBeLessThan(120 * KiB);
  expect(await cold.evaluate(() => (window as any).jumps)).toEqual([]);

  for (const path of ['/devops/releases', '/devops/instances/crowd-7', '/devops/instances']) {
    bytes = 0; files = [];
    await cold.goto(portal.url + path);
    await expect(cold.locator('html')).toHaveAttribute('data-can-find', '');
    await cold.waitForTimeout(500);
    console.log(`${path}: ${bytes} bytes of ${files.join(' ')}`);
    expect(bytes, path).toBeLessThan(9 * KiB);
    expect(files.filter((file) => file.startsWith('/pkg/')), path).toEqual([]);
    expect(await cold.evaluate(() => (window as any).jumps), path).toEqual([]);
  }
  await fresh.close();
});
