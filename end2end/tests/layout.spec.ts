// How pages lie on the screen, from a telephone to a wide monitor, in both languages: nothing is cut off, nothing lies
// upon something else, and buttons beside each other are of one height.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { badge, password, Portal } from './portal.ts';

const widths = [360, 768, 1280, 1920];

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start(); });
test.afterAll(async () => { await portal.stop(); });

/** Somebody with pages in that language. */
async function person(browser: Browser, locale: string): Promise<Page> {
  const page = await (await browser.newContext({ locale, reducedMotion: 'reduce' })).newPage();
  await page.goto(portal.url + '/sign-in');
  await page.locator('input[name="name"]').fill('admin');
  await page.locator('input[name="password"]').fill(password);
  await page.locator('input[name="password"]').press('Enter');
  await expect(page.locator('h1')).toHaveText(/Overview|Überblick/);
  return page;
}

/** What does not lie as it should. */
async function flaws(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const seen = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    };
    const called = (element: Element) => `${element.tagName.toLowerCase()} "${(element.textContent ?? '').trim().slice(0, 40)}"`;
    const screen = document.documentElement;
    if (screen.scrollWidth > innerWidth) found.push(`the page is ${screen.scrollWidth} wide`);
    for (const element of document.querySelectorAll('main *, header *')) {
      if (!seen(element) || element.closest('.sr-only, svg, pre, [popover], dialog')) continue;
      const style = getComputedStyle(element);
      if (['hidden', 'clip'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && style.textOverflow !== 'ellipsis') found.push(`${called(element)} is cut off`);
      if (element.matches('.table') && element.parentElement!.scrollWidth > element.parentElement!.clientWidth + 1) found.push(`the table ${called(element)} needs sideways scrolling`);
    }
    // Controls that stand in one line.
    const controls = [...document.querySelectorAll('main .button, main .input:not(textarea), main select')].filter((control) => seen(control) && !control.closest('.sr-only'));
    for (const [index, one] of controls.entries()) {
      const a = one.getBoundingClientRect();
      for (const other of controls.slice(index + 1)) {
        const b = other.getBoundingClientRect();
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 1) found.push(`${called(one)} lies upon ${called(other)}`);
        const line = one.parentElement;
        if (line && line === other.parentElement && down > 1 && Math.abs(a.height - b.height) > 1) found.push(`${called(one)} is ${a.height} high, ${called(other)} beside it ${b.height}`);
      }
    }
    // A way in the bar above that has become narrower than its picture.
    for (const way of document.querySelectorAll('header a, header button')) {
      const { right } = way.getBoundingClientRect();
      for (const part of way.children) {
        if (seen(way) && seen(part) && !part.closest('.sr-only, [popover]') && part.getBoundingClientRect().right > right + 1) found.push(`${called(way)} is narrower than what it shows`);
      }
    }
    // A word that is broken within a narrow column.
    for (const head of document.querySelectorAll('main th[scope="col"]')) {
      const range = document.createRange();
      range.selectNodeContents(head);
      const { height } = range.getBoundingClientRect();
      if (seen(head) && height > 44) found.push(`the head ${called(head)} takes more than two lines`);
    }
    return [...new Set(found)];
  });
}

for (const locale of ['en', 'de']) {
  test(`D15 pages lie well at every width (${locale})`, async ({ browser }) => {
    test.setTimeout(480_000);
    const page = await person(browser, locale);
    const api = portal.url + '/api/v1/applications';
    const steady = `steady-application-${locale}`, restless = `restless-${locale}`;
    for (const [name, project] of [[steady, 'web-shop'], [restless, 'missing-image']]) {
      expect((await page.request.post(api, { data: { name, project, version: 1, admins: ['ana', 'somebody-with-a-long-name'], users: ['group:hr'] } })).status()).toBe(202);
    }
    await page.goto(`${portal.url}/devops/instances/${steady}`);
    await expect(badge(page, locale === 'de' ? 'Läuft' : 'Running')).toBeVisible({ timeout: 30_000 });
    await expect.poll(async () => (await (await page.request.get(`${api}/${restless}`)).json()).standing.cause, { timeout: 60_000 }).toBeTruthy();
    const at = (name: string) => ['', '/components', '/logs', '/events', '/history', '/configuration', '/access', '/undeploy'].map((part) => `/devops/instances/${name}${part}`);
    const wizard = ['?check=1', '/admins?check=1', '/users', '/connectors?check=1', '/connectors?view=json', '/infrastructure', '/review'].map((step) => '/devops/releases/holiday/deploy' + step);
    const paths = ['/', '/devops/releases', '/devops/releases/holiday', ...wizard, '/devops/instances', `/devops/undeploy?app=${steady}&app=gone&app=${restless}`, ...at(steady), ...at(restless),
      `/devops/instances/${steady}/access?seen=1&admins=ana,zoe&users=ben`, '/audit?verify=1', '/account', '/account/tokens', '/devops/search?q=s', '/nothing'];
    const found: string[] = [];
    for (const path of paths) {
      await page.goto(portal.url + path);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        found.push(...(await flaws(page)).map((flaw) => `${path} at ${width}: ${flaw}`));
        const folder = process.env.SLIPWAY_TEST_LOOK;
        if (folder) await page.screenshot({ path: `${folder}/${locale}${path.replaceAll(/\W+/g, '-')}-${width}.png`, fullPage: true });
      }
    }
    expect(found).toEqual([]);
    await page.context().close();
  });
}
