// What a person does with the console, on the simulated cluster.
import { expect, test } from '@playwright/test';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badge, deploy, next, order, Portal, review, signIn, step, tab, undeploy } from './portal.ts';

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
  await tab(page, 'Components');
  await expect(page.getByText('ACTIVE 2 / 2 running tasks (0 pending)')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Tasks' }).getByText('RUNNING')).toHaveCount(2);
  await tab(page, 'History');
  await expect(page.getByRole('table', { name: 'History' })).toContainText('Succeeded');
});

test('S1.22 what was typed survives a mistake, and every error stands beside its field', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await page.getByLabel('Application name').fill('My Shop');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Use only lowercase letters');
  await expect(page.getByLabel('Application name')).toHaveValue('My Shop');
  await expect(page.getByLabel('Application name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Application name')).toHaveAccessibleDescription(/Use only lowercase letters/);
  await page.getByLabel('Application name').fill('my-shop');
  await next(page);
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Name at least one user or group');
});

test('S1.16 an order is made step by step, can be left and resumed, and every answer is reviewed', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/holiday/deploy');
  await page.getByLabel('Application name').fill('stepwise');
  await next(page);
  await page.getByLabel('Administrator access').fill('ana, ops');
  await page.getByLabel('Administrator access').press('Enter');
  await expect(page.getByRole('list', { name: 'Chosen' }).getByRole('listitem')).toHaveText(['ana (not verified)', 'ops (not verified)']);
  await page.getByRole('button', { name: 'Remove ops' }).click();
  await expect(page.getByRole('list', { name: 'Chosen' }).getByRole('listitem')).toHaveText(['ana (not verified)']);
  await page.getByRole('button', { name: 'Previous' }).click();
  await expect(page.getByLabel('Application name')).toHaveValue('stepwise');
  await page.goto(portal.url + '/devops/releases');
  await page.getByRole('link', { name: 'Resume stepwise' }).click();
  await expect(step(page)).toContainText('Administrator access');
  await expect(page.getByText('ana', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard stepwise' }).click();
  await expect(page.getByRole('link', { name: 'Resume stepwise' })).toHaveCount(0);
});

test('S1.19 people are offered while a name is typed, and taken with the keys alone', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await page.getByLabel('Application name').fill('picked');
  await next(page);
  const field = page.getByRole('combobox', { name: 'Administrator access' });
  await field.pressSequentially('adm');
  await expect(page.getByRole('option')).toHaveText(['admin']);
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  await field.press('Escape');
  await expect(page.getByRole('option')).toHaveCount(0);
  await field.pressSequentially('i');
  await expect(page.getByRole('option')).toHaveText(['admin']);
  await field.press('ArrowDown');
  await expect(page.getByRole('option', { name: 'admin' })).toHaveAttribute('aria-selected', 'true');
  await field.press('Enter');
  await expect(page.getByRole('list', { name: 'Chosen' }).getByRole('listitem')).toHaveText(['admin']);
  await page.getByRole('combobox', { name: 'Administrator access' }).pressSequentially('nobodyiscalledso');
  await expect(page.getByText('Nobody is called so.')).toBeVisible();
});

test('S1.L07 people named by tasks have access whatever is chosen, and a project without connectors has no step for them', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/holiday/deploy');
  await page.getByLabel('Application name').fill('tasked');
  await next(page);
  await page.getByLabel('Administrator access').fill('ana');
  await next(page);
  await expect(step(page)).toContainText('User access');
  await expect(page.getByRole('list', { name: 'Chosen' })).toContainText('named by a task');
  await expect(page.getByRole('navigation', { name: 'Steps' })).toContainText('Connectors');
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await expect(page.getByRole('navigation', { name: 'Steps' })).not.toContainText('Connectors');
});

test('S1.17 a name that is taken is refused, and said so while it is typed', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'taken');
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  const name = page.getByLabel('Application name');
  await expect(async () => {
    await name.fill('');
    await name.pressSequentially('taken');
    await expect(page.getByText('An application of that name exists')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await name.press('2');
  await expect(page.getByText('This name is free')).toBeVisible();
  await name.fill('taken');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('An application of that name exists');
});

test('S1.29 pressing Deploy twice is one operation', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await order(page, 'twice');
  const form = await page.locator('form[action="/actions/deploy"]').evaluate((form) =>
    [...new FormData(form as HTMLFormElement)].map(([name, value]) => [name, String(value)]));
  const press = () => page.request.post(portal.url + '/actions/deploy', {
    form: Object.fromEntries(form), headers: { accept: 'text/html' }, maxRedirects: 0,
  });
  const answers = [...await Promise.all([press(), press()]), await press()];
  for (const answer of answers) expect(answer.headers().location).toBe('/devops/instances/twice');
  await page.goto(portal.url + '/devops/instances/twice/history');
  await expect(page.getByRole('table', { name: 'History' }).getByRole('row')).toHaveCount(2);
});

test('D2 a wrong image says which, and what to do: in the plan, and to a program that asks for none', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/missing-image/deploy');
  await order(page, 'wrong');
  const stop = page.getByRole('alert').filter({ hasText: 'DEP_E161' });
  await expect(stop).toContainText('slipway/missing:1.0 was not found');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByRole('alert').first()).toContainText('slipway/missing:1.0 was not found');
  const data = { name: 'wrong', project: 'missing-image', version: 1, admins: ['ana'] };
  expect((await page.request.post(portal.url + '/api/v1/applications', { data })).status()).toBe(202);
  await page.goto(portal.url + '/devops/instances/wrong');
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

test('S1.25 variables are rows and JSON alike, a password is never shown, and the plan comes before the deed', async ({ page }) => {
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases/holiday/deploy');
  await page.getByLabel('Application name').fill('leave');
  await next(page);
  await page.getByLabel('Administrator access').fill('ana');
  await next(page);
  await next(page);
  await expect(step(page)).toContainText('Connectors');
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The connector needs');
  await page.getByRole('button', { name: 'Show as JSON' }).first().click();
  const json = page.getByLabel('Variables of email-connector');
  await json.fill('{"EMAIL_HOST":"https://mysmtp.com","EMAIL_PORT":"8050"}');
  await page.getByLabel('EMAIL_PASSWORD').fill('canary-secret');
  await page.getByRole('button', { name: 'Show as rows' }).first().click();
  await expect(page.getByLabel('Name of variable 1 of email-connector')).toHaveValue('EMAIL_HOST');
  await expect(page.getByLabel('Value of variable 1 of email-connector')).toHaveValue('https://mysmtp.com');
  await expect(page.getByLabel('Value of variable 2 of email-connector')).toHaveValue('8050');
  await expect(page.getByLabel('EMAIL_PASSWORD')).toHaveValue('');
  await expect(page.getByLabel('EMAIL_PASSWORD')).toHaveAccessibleDescription(/has been entered/);
  const missing = page.locator('input[value="EMAIL_USERNAME"]');
  if (await missing.count()) await missing.locator('xpath=following-sibling::input').fill('hr');
  await next(page);
  await next(page);
  await expect(step(page)).toContainText('Review');
  await expect(page.getByText('https://mysmtp.com', { exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Plan' })).toBeVisible();
  await expect(page.getByText('Deployment email-connector')).toBeVisible();
  expect(page.url()).not.toContain('canary');
  expect(await page.content()).not.toContain('canary-secret');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 30_000 });
  for (const component of ['postgresql', 'rabbitmq', 'runtime-bundle', 'email-connector', 'process']) {
    await expect(page.getByRole('rowheader', { name: component, exact: true })).toBeVisible();
  }
  await tab(page, 'Configuration');
  await expect(page.getByRole('row', { name: /EMAIL_HOST/ })).toContainText('https://mysmtp.com');
  await expect(page.getByRole('row', { name: /EMAIL_PASSWORD ••••••/ })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Secrets' }).getByRole('row', { name: /EMAIL_PASSWORD/ })).toContainText('admin');
  expect(await page.content()).not.toContain('canary-secret');
});

test('S1.L04 an update makes another generation, and D10 a rollback brings the one before back', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'moving', '1');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.getByRole('link', { name: 'Update', exact: true }).click();
  await page.getByLabel('Version').selectOption('2');
  await review(page);
  await expect(page.getByText('spec.replicas')).toBeVisible();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await tab(page, 'History');
  const generations = page.getByRole('table', { name: 'Generations' });
  await expect(generations.getByRole('row', { name: /2 present/ })).toBeVisible();
  await expect(page.getByText('components.web.replicas')).toBeVisible();
  await expect(badge(page, 'Running')).toBeVisible();
  await generations.getByRole('button', { name: 'Roll back to generation 1' }).click();
  await tab(page, 'History');
  await expect(generations.getByRole('row', { name: /3 present/ })).toBeVisible();
  await expect(badge(page, 'Running')).toBeVisible();
  await expect(generations.getByText('Rolled back from')).toBeVisible();
  await page.getByLabel('From').selectOption('1');
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByText('Generations 1 and 3 are the same.')).toBeVisible();
  await page.goto(portal.url + '/devops/instances/moving/update');
  await page.getByLabel('Version').selectOption('2');
  await review(page);
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('rolled back from release 2');
  await page.getByLabel('Deploy this version all the same').check();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await tab(page, 'History');
  await expect(generations.getByRole('row', { name: /4 present/ })).toBeVisible();
});

test('S2.28 the log of a task is searched, followed and downloaded', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'talking');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.getByRole('link', { name: 'Log of web' }).click();
  const log = page.getByRole('list', { name: 'Log' });
  await expect(log).toContainText('listening on');
  await page.getByRole('searchbox', { name: 'Search' }).fill('LISTENING');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(log.getByRole('listitem')).toHaveCount(1);
  await expect(log.locator('mark')).toHaveText('listening');
  const address = await page.getByRole('link', { name: 'Download' }).getAttribute('href');
  const file = await page.request.get(portal.url + address!);
  expect(file.headers()['content-disposition']).toContain('.log"');
  expect(await file.text()).toMatch(/^\d{4}-.* listening on \d+\n$/);
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('button', { name: 'Follow' }).click();
  await expect(page.getByRole('button', { name: 'Follow' })).toHaveAttribute('aria-pressed', 'true');
  const lines = await log.getByRole('listitem').count();
  await expect.poll(() => log.getByRole('listitem').count(), { timeout: 30_000 }).toBeGreaterThan(lines);
  await page.getByLabel('Previous run').check();
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByText('There was no run before the present one.')).toBeVisible();
});

test('S3.56 warnings are counted by the hour, and a bar leads to what was said', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  await deploy(page, portal, 'unsteady', 'warned');
  await expect(page.getByRole('alert')).toContainText('exit code 3', { timeout: 60_000 });
  await tab(page, 'Events');
  await expect(page.getByRole('table', { name: 'Events' })).toContainText('BackOff');
  const bar = page.getByRole('link', { name: /UTC: \d+ warnings?$/ }).last();
  await expect(async () => {
    await page.reload();
    await expect(bar).toBeVisible({ timeout: 500 });
  }).toPass();
  await bar.click();
  await expect(page.getByRole('table', { name: 'Warnings of the hour' })).toContainText('BackOff');
});

test('D15 while a page follows, what is open stays open, what is chosen stays chosen, and the focus stays', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'calm', '1');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.goto(portal.url + '/devops/instances/calm/update');
  await page.getByLabel('Version').selectOption('2');
  await review(page);
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await tab(page, 'History');
  await expect(badge(page, 'Running')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Roll back to generation 1' })).toBeVisible();
  await page.getByLabel('From').selectOption('2');
  await page.getByLabel('From').focus();
  await page.evaluate(() => { (window as any).sameDocument = true; });
  // Somebody else changes it meanwhile.
  const done = await page.request.post(portal.url + '/actions/rollback', { form: { name: 'calm', generation: '1' }, headers: { accept: 'text/html' }, maxRedirects: 0 });
  expect(done.headers().location).toBe('/devops/instances/calm');
  await expect(page.getByRole('row', { name: /3 present/ })).toBeVisible();
  expect(await page.evaluate(() => (window as any).sameDocument)).toBe(true);
  await expect(page.getByLabel('From')).toBeFocused();
  await expect(page.getByLabel('From')).toHaveValue('2');
  await deploy(page, portal, 'unsteady', 'restless');
  await page.goto(portal.url + '/devops/instances/restless/logs');
  const ended = page.locator('#ended details');
  await expect(async () => {
    await page.reload();
    await expect(ended.first()).toBeVisible({ timeout: 500 });
  }).toPass();
  const count = await ended.count();
  const first = page.locator(`[id="${await ended.first().getAttribute('id')}"]`);
  await first.locator('summary').click();
  await expect(first).toHaveAttribute('open', '');
  await expect.poll(() => ended.count(), { timeout: 60_000 }).toBeGreaterThan(count);
  await expect(first).toHaveAttribute('open', '');
});

test('D14 the list of applications is filtered, searched and sorted by its address', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'alpha');
  await deploy(page, portal, 'web-shop', 'omega');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.goto(portal.url + '/devops/instances');
  await page.getByRole('searchbox', { name: 'Search applications' }).fill('web-shop');
  await page.getByRole('button', { name: 'Search' }).click();
  const rows = page.getByRole('table', { name: 'Applications', exact: true }).locator('tbody tr');
  await expect(rows).toHaveCount(1);
  await page.getByRole('navigation', { name: 'Filter by status' }).getByRole('link', { name: /^Running/ }).click();
  expect(page.url()).toMatch(/status=Running&q=web-shop$/);
  await expect(rows).toContainText('omega');
  await page.goto(portal.url + '/devops/instances?sort=name');
  await expect(rows.first()).toContainText('alpha');
  const table = page.getByRole('table', { name: 'Applications', exact: true });
  await expect(table.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');
  await page.goto(portal.url + '/devops/instances?q=nothing-like-this');
  await expect(page.getByRole('heading', { name: 'No application is like that' })).toBeVisible();
});

test('S1.03 a project tells what its versions consist of, how they differ, and where they run', async ({ page }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'whereabouts', '1');
  await page.goto(portal.url + '/devops/releases');
  await page.getByRole('link', { name: 'welcome', exact: true }).click();
  await expect(page.getByRole('row', { name: /^1 / })).toContainText('whereabouts');
  await expect(page.getByText('2 copies')).toBeVisible();
});

test('D3 what a container said before it crashed can be read after it was undeployed', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  await deploy(page, portal, 'unsteady', 'lastwords');
  await expect(page.getByRole('alert')).toContainText('DEP_E163', { timeout: 60_000 });
  await undeploy(page, portal, 'lastwords', 'Force Undeploy');
  await expect(badge(page, 'Undeployed')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Nothing is left' })).toBeVisible();
  await tab(page, 'Logs');
  const ended = page.locator('details').filter({ hasText: 'crashes with 3' }).first();
  await ended.locator('summary').click();
  await expect(ended.getByText('crashes with 3')).toBeVisible();
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
