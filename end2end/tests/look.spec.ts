// Themes and motion: what a person chooses counts from the first byte on.
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './look.ts';
import { Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start(); });
test.afterAll(async () => { await portal.stop(); });

// A page that was just sent for may not have its style yet, nor a body.
const expectCanvas = (page: Page, colour: string) => expect(page.locator('body')).toHaveCSS('background-color', colour);
const white = 'rgb(255, 255, 255)', black = 'rgb(0, 0, 0)', light = 'rgb(250, 251, 252)', dark = 'rgb(13, 15, 19)';

async function choose(page: Page, name: string, of = 'Theme'): Promise<void> {
  await page.getByRole('button', { name: 'Appearance' }).click();
  // The page comes again; until it has, there may be no body to look at.
  const loaded = page.waitForEvent('load');
  await page.getByRole('group', { name: of }).getByRole('button', { name, exact: true }).click();
  await loaded;
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false, colorScheme: 'light' });

  test('D15 a theme is chosen in the top bar, and the page comes back where it was, already in it', async ({ page }) => {
    await signIn(page, portal);
    await page.goto(portal.url + '/devops/instances?sort=name&q=a%20b');
    await choose(page, 'Dark');
    expect(page.url()).toBe(portal.url + '/devops/instances?sort=name&q=a%20b');
    // Nothing but the document itself says so, and no script has run.
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    const answer = await page.request.get(portal.url + '/devops/releases');
    expect(await answer.text()).toMatch(/^<!DOCTYPE html><html lang="en" data-theme="dark"/);
    await page.getByRole('button', { name: 'Appearance' }).click();
    await expect(page.getByRole('button', { name: 'Dark', exact: true })).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Escape');
    await choose(page, 'As the system says');
    await expect(page.locator('html')).not.toHaveAttribute('data-theme');
  });
});

test('D15 each theme paints what it says, whatever the system prefers', async ({ browser }) => {
  const context = await browser.newContext({ colorScheme: 'light' });
  const page = await context.newPage();
  await signIn(page, portal);
  await expectCanvas(page, light);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectCanvas(page, dark);
  await choose(page, 'Light');
  await expectCanvas(page, light);
  await choose(page, 'Dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expectCanvas(page, dark);
  await choose(page, 'High contrast');
  await expectCanvas(page, white);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectCanvas(page, black);
  // A system that asks for contrast gets it in every theme.
  await choose(page, 'Light');
  await page.emulateMedia({ contrast: 'more' });
  await expectCanvas(page, white);
  await context.close();
});

test('D15 high contrast has at least seven to one for everything that is read', async ({ browser }) => {
  const context = await browser.newContext();
  await context.addCookies([{ name: 'slipway_look', value: 'contrast', url: portal.url }]);
  const page = await context.newPage();
  await signIn(page, portal);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const ratios = await page.evaluate(() => {
      const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
      const root = document.body;
      const light = (name: string) => {
        const probe = root.appendChild(document.createElement('i'));
        probe.style.setProperty('color', `var(--color-${name})`);
        paint.fillStyle = getComputedStyle(probe).color;
        probe.remove();
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ratio = (ink: string, ground: string) => {
        const [one, other] = [light(ink), light(ground)].sort((a, b) => b - a);
        return (one + 0.05) / (other + 0.05);
      };
      const inks = ['ink', 'muted', 'accent', 'good-ink', 'moving-ink', 'doubt-ink', 'bad-ink'];
      const pairs = inks.flatMap((ink) => ['canvas', 'surface', 'raised'].map((ground) => [ink, ground]));
      pairs.push(['on-accent', 'accent-fill'], ['on-bad', 'bad-fill']);
      return pairs.map(([ink, ground]) => ({ pair: `${ink} on ${ground}`, ratio: ratio(ink, ground) }));
    });
    expect(ratios.filter(({ ratio }) => ratio < 7)).toEqual([]);
  }
  await context.close();
});

test('D15 nothing moves for those who do not want it', async ({ page }) => {
  const motion = () => page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement('a'));
    probe.className = 'link animate-breathe';
    const { transitionDuration, animationName } = getComputedStyle(probe);
    probe.remove();
    return [transitionDuration !== '0s', animationName !== 'none'];
  });
  await signIn(page, portal);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect((await motion())[0]).toBe(true);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await motion()).toEqual([false, false]);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await choose(page, 'Off', 'Motion');
  expect(await motion()).toEqual([false, false]);
});

test('D15 where colours are the reader\'s own, what is chosen and what is current can still be told', async ({ browser }) => {
  const context = await browser.newContext({ forcedColors: 'active' });
  const page = await context.newPage();
  await signIn(page, portal);
  const outline = await page.locator('.entry[aria-current="page"]').first().evaluate((entry) => getComputedStyle(entry).outlineStyle);
  expect(outline).toBe('solid');
  await page.getByRole('button', { name: 'Appearance' }).click();
  await expectAccessible(page, 'the open menu');
  await context.close();
});

test('D15 a choice leads to no other site', async ({ page }) => {
  await signIn(page, portal);
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example']) {
    const answer = await page.request.post(portal.url + '/actions/appearance', { form: { theme: 'dark', next }, headers: { accept: 'text/html' }, maxRedirects: 0 });
    expect(answer.headers().location).toBe('/');
  }
});
