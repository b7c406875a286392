// The way in and the way out: an identity provider with other habits than Keycloak, and local accounts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { password, Portal, program, signIn } from './portal.ts';
import { client, IdentityProvider } from './provider.ts';

test.describe('with an identity provider', () => {
  let provider: IdentityProvider;
  let portal: Portal;

  test.beforeAll(async () => {
    provider = await IdentityProvider.announced();
    provider.groups.set('ana', ['APS_DEVOPS']);
    portal = await Portal.start({
      SLIPWAY_OIDC_ISSUER: provider.issuer,
      SLIPWAY_OIDC_CLIENT_ID: client.id,
      SLIPWAY_OIDC_CLIENT_SECRET: client.secret,
      SLIPWAY_OIDC_ROLES_CLAIM: 'realm_access.roles, groups',
      SLIPWAY_SESSION_CHECK_SECONDS: '1',
    });
  });
  test.afterAll(async () => {
    await portal?.stop();
    await provider?.stop();
  });

  async function signInAs(page: Page, name: string) {
    await page.goto(portal.url + '/devops/instances');
    await page.getByRole('link', { name: /^Sign in with/ }).click();
    await page.getByPlaceholder('Enter any login').fill(name);
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  const inside = (page: Page) => expect(page.getByRole('heading', { name: 'Application instances' })).toBeVisible();

  /** Opens a page again and again until the sign-in page comes in its place. */
  async function shownOut(page: Page) {
    await expect(async () => {
      await page.goto(portal.url + '/devops/instances');
      await expect(page.getByRole('heading', { name: 'Sign in to Slipway' })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 30_000 });
  }

  test('S1.13 a provider that is down when the console starts is asked when it is needed', async ({ page }) => {
    await page.goto(portal.url + '/devops/instances');
    await page.getByRole('link', { name: /^Sign in with/ }).click();
    await expect(page.getByText('The identity provider does not answer')).toBeVisible();
    await provider.serve(portal, 'ES256');
    await signInAs(page, 'ana');
    await inside(page);
  });

  for (const alg of ['RS256', 'EdDSA'] as const) {
    test(`S1.13 keys that the provider has changed, now ${alg}, are fetched anew`, async ({ page }) => {
      // Not sooner than the console asks for keys a second time.
      await page.waitForTimeout(5_000);
      await provider.serve(portal, alg);
      await signInAs(page, 'ana');
      await inside(page);
    });
  }

  test('S1.02 somebody without the role is told so', async ({ page }) => {
    await signInAs(page, 'zoe');
    await expect(page.getByText(/needs the role APS_DEVOPS/)).toBeVisible();
  });

  test('S1.02 who loses the role while signed in is shown out', async ({ page }) => {
    await signInAs(page, 'ana');
    await inside(page);
    // Past several renewals, each with a token that is good once.
    for (let i = 0; i < 3; i++) {
      await page.waitForTimeout(5_500);
      await page.reload();
      await inside(page);
    }
    provider.groups.set('ana', ['something else']);
    await shownOut(page);
    provider.groups.set('ana', ['APS_DEVOPS']);
  });

  test('signing out signs out at the provider too', async ({ page }) => {
    await signInAs(page, 'ana');
    await inside(page);
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await expect(page.getByText('You are signed out.')).toBeVisible();
    await page.goto(portal.url + '/devops/instances');
    await page.getByRole('link', { name: /^Sign in with/ }).click();
    await expect(page.getByPlaceholder('Enter any login')).toBeVisible();
  });

  test('who signs out at the provider is signed out here', async ({ page }) => {
    await signInAs(page, 'ana');
    await inside(page);
    await page.goto(provider.issuer + '/session/end');
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await expect(page.getByText(/sign-out success/i)).toBeVisible();
    await shownOut(page);
  });

  test('a logout token that the provider did not make ends nothing', async ({ page }) => {
    await signInAs(page, 'ana');
    const forged = [{ alg: 'none' }, { iss: provider.issuer, sub: 'ana', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.';
    for (const logout_token of [forged, 'nonsense', '']) {
      const answer = await page.request.post(portal.url + '/auth/backchannel-logout', { form: { logout_token } });
      expect(answer.status()).toBe(400);
    }
    await page.reload();
    await inside(page);
  });
});

test.describe('with local accounts', () => {
  let portal: Portal;
  test.beforeAll(async () => { portal = await Portal.start({ SLIPWAY_SESSION_CHECK_SECONDS: '1' }); });
  test.afterAll(async () => { await portal?.stop(); });

  function accounts(...words: string[]) {
    return spawnSync(program, ['accounts', ...words, '--data-dir', join(portal.folder, 'var')], { input: password, encoding: 'utf8' });
  }

  async function attempt(page: Page, name: string, secret: string) {
    await page.goto(portal.url + '/sign-in');
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function another(browser: Browser): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await signIn(page, portal);
    return page;
  }

  test('a person sees where they are signed in, and ends it there', async ({ page, browser }) => {
    await signIn(page, portal);
    const other = await another(browser);
    await page.getByRole('link', { name: 'admin' }).first().click();
    await expect(page.getByText('This one')).toHaveCount(1);
    await page.getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
    await expect(page.getByRole('row')).toHaveCount(2);
    await other.reload();
    await expect(other.getByRole('heading', { name: 'Sign in to Slipway' })).toBeVisible();
    await other.context().close();
  });

  test('a visit of somebody else cannot be ended', async ({ page, browser }) => {
    accounts('add', 'eve');
    await signIn(page, portal);
    const eve = await (await browser.newContext()).newPage();
    await attempt(eve, 'eve', password);
    const other = await another(browser);
    await page.goto(portal.url + '/account');
    const visit = await page.locator('input[name=visit]:not([value=""])').first().getAttribute('value');
    await eve.request.post(portal.url + '/auth/visits/end', { form: { visit: visit! } });
    await other.reload();
    await expect(other.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await eve.context().close();
    await other.context().close();
  });

  test('S1.13 after some wrong passwords the name is closed for a moment', async ({ page }) => {
    await expect(async () => {
      await attempt(page, 'mallory', 'wrong password');
      await expect(page.getByText('Too many attempts')).toBeVisible({ timeout: 500 });
    }).toPass();
    await signIn(page, portal);
  });

  test('accounts are managed on the command line, and who has none any more is shown out', async ({ page }) => {
    expect(accounts('add', 'ben').stdout).toContain('ben signs in');
    expect(accounts('add', 'ben').stderr).toContain('exists already');
    expect(accounts('list').stdout).toMatch(/ben\s+APS_DEVOPS/);
    await attempt(page, 'ben', password);
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    expect(accounts('remove', 'ben').stdout).toContain('removed');
    // The console hears of it only when it looks again.
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('heading', { name: 'Sign in to Slipway' })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 10_000 });
    await attempt(page, 'ben', password);
    await expect(page.getByText('do not go together')).toBeVisible();
  });
});
