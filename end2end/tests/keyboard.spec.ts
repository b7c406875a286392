// The whole way of a deployment with the keyboard alone; where the focus is can always be seen.
import { expect, test, type Page } from '@playwright/test';
import { badge, Portal, signIn, step } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start(); });
test.afterAll(async () => { await portal.stop(); });

/** What has the focus: its role or tag, its name, and whether a person can see that it has it. */
const focused = (page: Page) => page.evaluate(() => {
  const element = document.activeElement as HTMLElement | null;
  // Where a page begins, and where the link past the navigation leads: nothing there can be pressed.
  if (!element || element === document.body || element.tabIndex < 0) return { name: '', seen: true };
  const labels = [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent);
  const name = (element.getAttribute('aria-label') ?? labels[0] ?? element.textContent ?? '').trim();
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  // Fields have a ring of three pixels, everything else an outline; the shadow of a button is there without the focus, too.
  const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow.includes('0px 0px 0px 3px');
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { name, seen: marked && inside };
});

/** Goes on with Tab until that is reached; every stop on the way can be seen. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    const now = await focused(page);
    expect(now.seen, `the focus is seen on ${JSON.stringify(now.name)}`).toBe(true);
    if (typeof name === 'string' ? now.name === name : name.test(now.name)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`nothing called ${name} is reached with Tab`);
}

async function onwards(page: Page): Promise<void> {
  const before = await step(page).innerText();
  await tabTo(page, 'Next');
  await page.keyboard.press('Enter');
  await expect(step(page)).not.toHaveText(before);
}

test('D15 a project is deployed with the keyboard alone, and where the focus is can always be seen', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, portal);
  await page.goto(portal.url + '/devops/releases');
  await page.keyboard.press('Tab');
  // The first stop leads past the navigation.
  await tabTo(page, 'Skip to content');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Deploy web-shop');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Application name')).toBeVisible();

  await tabTo(page, 'Application name');
  await page.keyboard.type('9lives');
  await tabTo(page, 'Next');
  await page.keyboard.press('Space');
  await expect(page.getByRole('alert')).toContainText('Begin with a lowercase letter');
  await tabTo(page, 'Application name');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('handmade');
  await tabTo(page, /^Version/);
  const version = await page.getByLabel('Version').inputValue();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByLabel('Version')).toHaveValue(version);
  await onwards(page);

  await tabTo(page, /^Administrator access/);
  await page.keyboard.type('ana');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Chosen' })).toContainText('ana');
  while (!(await step(page).innerText()).includes('Review')) {
    await onwards(page);
  }
  await tabTo(page, 'Deploy');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'handmade', level: 1 })).toBeVisible();
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 30_000 });
});

test('D15 the focus stays where it is while the page follows', async ({ page }) => {
  await signIn(page, portal);
  const data = { name: 'followed', project: 'web-shop', version: 1, admins: ['ana'] };
  expect((await page.request.post(portal.url + '/api/v1/applications', { data })).status()).toBe(202);
  await page.goto(portal.url + '/devops/instances');
  await page.keyboard.press('Tab');
  await tabTo(page, 'followed');
  await expect(page.getByRole('row', { name: 'followed' })).toContainText('Running', { timeout: 30_000 });
  expect((await focused(page)).name).toBe('followed');
});
