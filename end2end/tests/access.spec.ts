// Whether everybody can use the pages: what axe says in every theme, and how they look on a narrow screen.
import { expect, test } from '@playwright/test';
import { expectAccessibleInEveryTheme, person } from './look.ts';
import { badge, deploy, Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async ({ browser }) => {
  portal = await Portal.start();
  const page = await browser.newPage();
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'steady');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.close();
});
test.afterAll(async () => { await portal.stop(); });

const tabs = ['', '/components', '/logs', '/events', '/history', '/configuration', '/access', '/access?seen=1&admins=zoe&users=ana'].map((tab) => '/devops/instances/steady' + tab);
const wizard = ['?check=1', '/admins?check=1', '/users', '/connectors', '/connectors?view=json', '/infrastructure', '/review'].map((step) => '/devops/releases/holiday/deploy' + step);

const paths = ['/', '/devops/releases', '/devops/releases/welcome', ...wizard, '/devops/instances', '/devops/instances?sort=name',
  '/devops/undeploy?app=steady&app=gone', '/devops/undeploy', ...tabs, '/devops/instances/steady/undeploy', '/audit', '/system', '/account', '/account/tokens', '/nothing'];

test('D15 pages have no accessibility problem, in any theme', async ({ browser }) => {
  test.setTimeout(480_000);
  const page = await person(browser, portal);
  for (const path of paths) {
    await page.goto(portal.url + path);
    await expectAccessibleInEveryTheme(page, path);
  }
  await page.context().close();
});

test('a narrow screen needs no sideways scrolling', async ({ browser }) => {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  await signIn(page, portal);
  for (const path of ['/', '/devops/releases', '/devops/releases/welcome', ...wizard, '/devops/instances', '/devops/undeploy?app=steady&app=gone', '/system', ...tabs]) {
    await page.goto(portal.url + path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
  }
  await page.close();
});
