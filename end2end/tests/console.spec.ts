// What a person does with the console, on the simulated cluster.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badge, deploy, Portal, signIn, undeploy } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start(); });
test.afterAll(async () => { await portal.stop(); });

test('S1.13 nobody sees anything before signing in, and comes to where they wanted to go afterwards', async ({ page }) => {
  await page.goto(portal.url + '/devops/instances');
  await expect(page.getByRole('heading', { name: 'Sign in to Slipway' })).toBeVisible();
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('do not go together');
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill('correct-horse-battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Application instances' })).toBeVisible();
});

test('S1.03 released projects are listed, drafts are not, and a broken one is named without hiding the others', async ({ page }) => {
  await signIn(page, portal);
  await page.getByRole('link', { name: 'Application releases' }).click();
  await expect(page.getByRole('row', { name: /welcome/ })).toContainText('modeler');
  await expect(page.getByRole('row', { name: /draft/ })).toHaveCount(0);
  await expect(page.getByText('half-released/1/half-released.json')).toBeVisible();
});

test('S1.04 a release that is written while the console runs appears without a restart', async ({ page }) => {
  await signIn(page, portal);
  const folder = join(portal.releases, 'fresh');
  mkdirSync(join(folder, '1'), { recursive: true });
  const component = { name: 'web', image: 'docker.io/slipway/probe:1.0' };
  writeFileSync(join(folder, '1', 'fresh.json'), JSON.stringify({ kind: 'container', name: 'fresh', version: '1', components: [component] }));
  await page.goto(portal.url + '/devops/releases');
  await expect(page.getByRole('row', { name: /fresh/ })).toBeVisible();
  rmSync(folder, { recursive: true });
  await page.reload();
  await expect(page.getByRole('row', { name: /fresh/ })).toHaveCount(0);
});

test('S1.32 deploying shows the badge move to Running without a reload', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'lively');
  await page.evaluate(() => { (window as any).sameDocument = true; });
  await expect(badge(page, 'Running')).toBeVisible();
  expect(await page.evaluate(() => (window as any).sameDocument)).toBe(true);
  await expect(page.getByRole('table', { name: 'Components' })).toContainText('2 of 2');
  await expect(page.getByRole('table', { name: 'History' })).toContainText('Succeeded');
  await expect(page.getByRole('table', { name: 'Tasks' }).getByText('RUNNING')).toHaveCount(2);
});

test('S1.22 what was typed survives a mistake, and every error stands beside its field', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await page.getByLabel('Application name').fill('My Shop');
  await page.getByLabel('User access').fill('hr');
  await page.getByRole('button', { name: 'Deploy' }).click();
  await expect(page.getByLabel('Application name')).toHaveValue('My Shop');
  await expect(page.getByLabel('Application name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Application name')).toHaveAccessibleDescription(/Use only lowercase letters/);
  await expect(page.getByLabel('User access')).toHaveValue('hr');
  await expect(page.getByRole('alert')).toContainText('Name at least one user or group');
});

test('S1.17 a name that is taken is refused', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'taken');
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await page.getByLabel('Application name').fill('taken');
  await page.getByLabel('Administrator access').fill('ana');
  await page.getByRole('button', { name: 'Deploy' }).click();
  await expect(page.getByRole('alert')).toContainText('An application of that name exists');
});

test('S1.29 pressing Deploy twice is one operation', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await page.getByLabel('Application name').fill('twice');
  await page.getByLabel('Administrator access').fill('ana');
  const form = await page.locator('form[action="/actions/deploy"]').evaluate((form) =>
    [...new FormData(form as HTMLFormElement)].map(([name, value]) => [name, String(value)]));
  const press = () => page.request.post(portal.url + '/actions/deploy', {
    form: Object.fromEntries(form), headers: { accept: 'text/html' }, maxRedirects: 0,
  });
  const answers = await Promise.all([press(), press()]);
  for (const answer of answers) expect(answer.headers().location).toBe('/devops/instances/twice');
  await page.goto(portal.url + '/devops/instances/twice');
  await expect(page.getByRole('table', { name: 'History' }).getByRole('row')).toHaveCount(2);
});

test('D2 a wrong image says which, and what to do', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'missing-image', 'wrong');
  await expect(badge(page, 'ImageBuildFailed')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('slipway/missing:1.0 was not found');
  await expect(page.getByRole('alert')).toContainText('DEP_E161');
  await undeploy(page, portal, 'wrong', 'Force Undeploy');
  await expect(badge(page, 'Undeployed')).toBeVisible();
});

test('D2 a crash is told with its exit code', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'unsteady', 'crashing');
  await expect(page.getByRole('alert')).toContainText('exit code 3', { timeout: 30_000 });
});

test('S1.43 undeploying asks for the name, and leaves history', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'shortlived');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.goto(portal.url + '/devops/instances/shortlived/undeploy');
  await page.getByLabel('Type the name').fill('something else');
  await page.getByRole('button', { name: 'Undeploy' }).click();
  await expect(page.getByRole('heading', { name: 'Undeploy shortlived' })).toBeVisible();
  await undeploy(page, portal, 'shortlived');
  await expect(badge(page, 'Undeployed')).toBeVisible();
  await page.goto(portal.url + '/devops/instances');
  await expect(page.getByRole('table', { name: 'Applications that were removed' })).toContainText('shortlived');
});

test('S1.24 a connector is configured, its password is never shown, and the plan comes before the deed', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/holiday/deploy');
  await page.getByLabel('Application name').fill('leave');
  await page.getByLabel('Administrator access').fill('ana');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The connector needs EMAIL_PASSWORD');
  await page.getByLabel('Variables').fill('{"EMAIL_HOST":"https://mysmtp.com","EMAIL_PORT":"8050","EMAIL_USERNAME":"hr"}');
  await page.getByLabel('EMAIL_PASSWORD').fill('canary-secret');
  await page.getByRole('button', { name: 'Show plan' }).click();
  await expect(page.getByRole('heading', { name: 'Plan' })).toBeVisible();
  await expect(page.getByText('Deployment email-connector')).toBeVisible();
  expect(page.url()).not.toContain('canary');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 30_000 });
  for (const component of ['postgresql', 'rabbitmq', 'runtime-bundle', 'email-connector', 'process']) {
    await expect(page.getByRole('rowheader', { name: component, exact: true })).toBeVisible();
  }
  expect(await page.content()).not.toContain('canary-secret');
});

test('S1.L04 an update makes another generation, and D10 a rollback brings the one before back', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'moving', '1');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.getByRole('link', { name: 'Update', exact: true }).click();
  await page.getByLabel('Version').selectOption('2');
  await page.getByRole('button', { name: 'Show plan' }).click();
  await expect(page.getByText('spec.replicas')).toBeVisible();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  const generations = page.getByRole('table', { name: 'Generations' });
  await expect(generations.getByRole('row', { name: /2 present/ })).toBeVisible();
  await expect(badge(page, 'Running')).toBeVisible();
  await generations.getByRole('button', { name: 'Roll back to generation 1' }).click();
  await expect(generations.getByRole('row', { name: /3 present/ })).toBeVisible();
  await expect(badge(page, 'Running')).toBeVisible();
  await expect(generations.getByText('Rolled back from')).toBeVisible();
  await page.goto(portal.url + '/devops/instances/moving/update');
  await page.getByLabel('Version').selectOption('2');
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('rolled back from release 2');
  await page.getByLabel('Deploy this version all the same').check();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(generations.getByRole('row', { name: /4 present/ })).toBeVisible();
});

test('D3 what a container said before it crashed can be read after it was undeployed', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  await deploy(page, portal, 'unsteady', 'lastwords');
  await expect(page.getByRole('alert')).toContainText('DEP_E163', { timeout: 60_000 });
  await undeploy(page, portal, 'lastwords', 'Force Undeploy');
  await expect(badge(page, 'Undeployed')).toBeVisible();
  await page.reload();
  const ended = page.locator('details').filter({ hasText: 'crashes with 3' }).first();
  await ended.locator('summary').click();
  await expect(ended.getByText('crashes with 3')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Nothing is left' })).toBeVisible();
});

test('S1.44 the removal that does not apply says why', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'steady');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.goto(portal.url + '/devops/instances/steady');
  const force = page.getByRole('main').getByText('Force Undeploy').first();
  await expect(force).toHaveAttribute('aria-disabled', 'true');
  await expect(force).toHaveAttribute('title', /Use Undeploy instead/);
  // By hand, past the page: the server knows the rule too.
  const answer = await page.request.post(portal.url + '/actions/undeploy', {
    form: { name: 'steady', confirmation: 'steady', force: 'true' }, headers: { accept: 'text/html' }, maxRedirects: 0,
  });
  expect(answer.headers().location).toContain('problem=It%20runs');
});

test('an address that means nothing is answered with 404 and a way on', async ({ page }) => {
  await signIn(page, portal);
  for (const path of ['/nothing', '/devops/instances/nobody', '/devops/releases/nothing/deploy']) {
    const answer = await page.goto(portal.url + path);
    expect(answer!.status(), path).toBe(404);
    await expect(page.getByRole('link', { name: 'Go to the start page' })).toBeVisible();
  }
});

test('a form that was posted from another site is refused', async ({ page }) => {
  await signIn(page, portal);
  const answer = await page.request.post(portal.url + '/actions/undeploy', {
    form: { name: 'steady', confirmation: 'steady' }, headers: { origin: 'http://gateway.localhost', 'sec-fetch-site': 'cross-site' },
  });
  expect(answer.status()).toBe(403);
});

test('D15 pages have no serious accessibility problem, in light and dark', async ({ browser }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await signIn(page, portal);
    for (const path of ['/', '/devops/releases', '/devops/releases/welcome/deploy?check=1', '/devops/instances', '/devops/instances/steady', '/devops/instances/steady/undeploy']) {
      await page.goto(portal.url + path);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter((v) => ['serious', 'critical'].includes(v.impact ?? ''));
      expect(serious.map((v) => `${path} ${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`)).toEqual([]);
    }
    await context.close();
  }
});

test('a narrow screen needs no sideways scrolling', async ({ browser }) => {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  await signIn(page, portal);
  for (const path of ['/', '/devops/releases', '/devops/releases/welcome/deploy', '/devops/instances', '/devops/instances/steady']) {
    await page.goto(portal.url + path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
  }
  await page.close();
});
