// How pages look: the themes in which everything is tried, and what axe says about a page.
import axe from 'axe-core';
import { expect, type Browser, type Page } from '@playwright/test';
import { Portal, signIn } from './portal.ts';

/** What a person can choose, on a system that wants something else. What the system wants looks like one of them. */
const themes = [
  { theme: 'light', colorScheme: 'dark' },
  { theme: 'dark', colorScheme: 'light' },
  { theme: 'contrast', colorScheme: 'light' },
  { theme: 'contrast', colorScheme: 'dark' },
] as const;
/** What a theme can break. */
const colours = ['color-contrast', 'link-in-text-block'];

/** Somebody who is signed in, and moves nothing. */
export async function person(browser: Browser, portal: Portal): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await signIn(page, portal);
  return page;
}

/** Nothing is in the way of anybody on the page that is shown. */
export async function expectAccessible(page: Page, what: string, rules?: string[]): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const violations: axe.Result[] = await page.evaluate(async (rules) => {
    const options = rules ? { runOnly: { type: 'rule', values: rules } } : {};
    return (await (window as any).axe.run(document, { ...options, resultTypes: ['violations'] })).violations;
  }, rules);
  expect(violations.map((v) => `${what} ${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`)).toEqual([]);
}

/** The same in every theme. A page is loaded once for all, because a theme changes nothing but colours. */
export async function expectAccessibleInEveryTheme(page: Page, what: string): Promise<void> {
  for (const { theme, colorScheme } of themes) {
    await page.emulateMedia({ colorScheme });
    await put(page, await served(page, theme));
    await expectAccessible(page, `${what} in ${theme} on a ${colorScheme} system`, theme === themes[0].theme ? undefined : colours);
  }
}

type Dress = { theme: string; schemes: string };
const known = new Map<string, Dress>();

/** What the server writes into a page for whoever chose that theme. */
async function served(page: Page, theme: string): Promise<Dress> {
  const dress = known.get(theme) ?? (await ask(page, theme));
  known.set(theme, dress);
  return dress;
}

async function ask(page: Page, theme: string): Promise<Dress> {
  const cookies = (await page.context().cookies(page.url())).filter(({ name }) => name !== 'slipway_look');
  const cookie = [...cookies.map(({ name, value }) => `${name}=${value}`), `slipway_look=${theme}`].join('; ');
  const answer = await fetch(new URL('/account', page.url()), { headers: { cookie, accept: 'text/html' } });
  const text = await answer.text();
  const written = (pattern: RegExp) => text.match(pattern)![1];
  const dress = { theme: written(/<html[^>]* data-theme="([^"]*)"/), schemes: written(/<meta name="color-scheme" content="([^"]*)"/) };
  expect(dress.theme).toBe(theme);
  return dress;
}

/** Puts it on the page that is shown. */
async function put(page: Page, dress: Dress): Promise<void> {
  await page.evaluate(({ theme, schemes }) => {
    document.documentElement.dataset.theme = theme;
    document.querySelector('meta[name="color-scheme"]')!.setAttribute('content', schemes);
  }, dress);
}
