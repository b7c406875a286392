// What somebody feels whose browser is four times slower than this machine's. Prints figures as JSON, in milliseconds.
//
//   paint.mjs load ADDRESS COOKIE    a page, against the same bytes from a server that only knows them
//   paint.mjs keys ADDRESS COOKIE    typing into the field that finds, on that page
import { createServer } from 'node:http';
import { brotliCompressSync, constants } from 'node:zlib';
import { chromium } from '@playwright/test';

const [, , mode, address, cookie] = process.argv;
const rounds = 9, slower = 4, settled = 3000, pause = 400, words = 'instance-077';
const args = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--no-proxy-server'];
if (process.getuid?.() === 0) args.push('--no-sandbox');
const part = (figures, of) => [...figures].sort((one, other) => one - other)[Math.floor(figures.length * of)];

/** A page of a browser that has nothing of it yet. */
async function open(url) {
  const context = await browser.newContext();
  const [name, value] = cookie.split('=');
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = (window.seen = { painted: 0, blocked: 0, keys: {} });
    const watch = (type, take, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
    watch('largest-contentful-paint', ({ startTime }) => (seen.painted = startTime));
    watch('longtask', ({ duration }) => (seen.blocked += Math.max(0, duration - 50)));
    watch('event', ({ interactionId, duration, target }) => {
      if (interactionId && target?.role === 'combobox') seen.keys[interactionId] = Math.max(seen.keys[interactionId] ?? 0, duration);
    }, { durationThreshold: 16 });
  });
  const wire = await context.newCDPSession(page);
  await wire.send('Emulation.setCPUThrottlingRate', { rate: slower });
  return page;
}

async function load(url) {
  const page = await open(url);
  await page.goto(url);
  await page.waitForTimeout(settled);
  const seen = await page.evaluate(() => window.seen);
  await page.context().close();
  return seen;
}

/** As the console does it: pages while they are sent, assets when they are made. */
const compressed = (body, type) =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: type.startsWith('text/html') ? 5 : 11 } });

/** A server of what that page fetches, and nothing else. */
async function still(url) {
  const files = new Map();
  const page = await open(url);
  page.on('response', async (response) => {
    const { 'content-type': type } = response.headers();
    if (type && response.status() === 200 && !type.startsWith('text/event-stream')) files.set(new URL(response.url()).pathname, [type, compressed(await response.body(), type)]);
  });
  await page.goto(url);
  await page.waitForTimeout(settled);
  await page.context().close();
  const server = createServer(({ url: path }, answer) => {
    const [type, body] = files.get(new URL(path, url).pathname) ?? [];
    if (!type) return answer.writeHead(404).end();
    answer.writeHead(200, { 'content-type': type, 'content-encoding': 'br', 'content-length': body.length }).end(body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, url: `http://127.0.0.1:${server.address().port}${new URL(url).pathname}` };
}

async function loads() {
  const { server, url: copy } = await still(address);
  const [ours, same] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(await load(address));
    same.push(await load(copy));
  }
  server.close();
  const painted = (seen) => part(seen.map(({ painted }) => painted), 0.5);
  return { painted: painted(ours), still: painted(same), blocked: part(ours.map(({ blocked }) => blocked), 0.5) };
}

async function keys() {
  const page = await open(address);
  await page.goto(address);
  await page.locator('html[data-can-find]').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  const found = [];
  for (const key of words) {
    const painted = page.evaluate(() => new Promise((painted) => {
      let pressed;
      document.addEventListener('keydown', () => (pressed = performance.now()), { once: true, capture: true });
      const observer = new MutationObserver(() => {
        if (!pressed) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => painted(performance.now() - pressed)));
      });
      observer.observe(document.querySelector('[role=listbox]'), { childList: true, subtree: true, characterData: true });
      setTimeout(() => painted(null), 3000);
    }));
    await page.waitForTimeout(pause);
    await page.keyboard.press(key);
    found.push(await painted);
  }
  await page.waitForTimeout(pause);
  const felt = Object.values((await page.evaluate(() => window.seen)).keys);
  const told = found.filter((time) => time !== null);
  // Below the threshold nothing is noted: such a key took less than a frame.
  const all = [...felt, ...Array(Math.max(0, words.length - felt.length)).fill(16)];
  return { felt: part(all, 0.75), found: told.length ? part(told, 0.75) : null };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args });
console.log(JSON.stringify(await (mode === 'load' ? loads() : keys())));
await browser.close();
