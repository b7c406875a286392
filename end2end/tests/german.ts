// English that is left on a German page: words that German does not have, in whatever a person sees or hears.
import type { Page } from '@playwright/test';
import type { Portal } from './portal.ts';

/** No German sentence has one of these, and hardly an English one is without. */
const english = /(?<![\w-])(the|of|and|is|are|with|without|for|from|cannot|has|have|been|this|that|these|its|it|does|did|you|your|not|by|to|or|no|only|any|more|than|last|ago|waiting|running|pending|failed|succeeded|accepted|refused|update|deploy|undeploy|retry|unknown|healthy|unhealthy|remove|changed|none|nobody)(?![\w-])/i;

/** What people wrote into releases is theirs, and stays as it is. */
export async function written(page: Page, portal: Portal): Promise<string[]> {
  // As examples for programs have it.
  const found: string[] = ['<the …>'];
  const walk = (value: unknown): void => {
    if (!value || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'description' && typeof inner === 'string' && inner) found.push(inner);
      walk(inner);
    }
  };
  walk(await (await page.request.get(portal.url + '/api/v1/releases')).json());
  return found.sort((one, other) => other.length - one.length);
}

/** The texts on the page that are English and not marked so. */
export async function leftEnglish(page: Page, own: string[]): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const apart = '[lang="en"], [lang=""], code, pre, script, style, textarea, [data-command], nav[aria-label="Pfad"] a, input[type="hidden"]';
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim();
      if (text && !walker.currentNode.parentElement!.closest(apart)) found.push(text);
    }
    for (const element of document.querySelectorAll('[title], [aria-label], [placeholder], [data-nobody], [data-lost], [data-free]')) {
      if (element.closest('[lang="en"]')) continue;
      for (const name of ['aria-label', 'placeholder', 'data-nobody', 'data-lost', 'data-free']) found.push(element.getAttribute(name) ?? '');
      // What a person points at for a second look may be the word that programs know.
      if (!element.closest('table')) found.push(element.getAttribute('title') ?? '');
    }
    return found.concat(document.title);
  });
  const bare = texts.map((text) => own.reduce((rest, description) => rest.replaceAll(description, ''), text));
  return [...new Set(bare.filter((text) => english.test(text)))];
}
