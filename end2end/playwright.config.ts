import { defineConfig } from '@playwright/test';

// Debian's Chromium without its windows, which take half of its work; a download of Playwright's own is not possible
// everywhere.
const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-proxy-server'];
if (process.getuid?.() === 0) flags.push('--no-sandbox');

// A browser takes names below localhost for this machine; the gateway is on the cluster's end of the wire.
const gateway = process.env.SLIPWAY_TEST_GATEWAY?.split(':')[0];
if (gateway) flags.push(`--host-resolver-rules=MAP gateway.localhost ${gateway}`);

export default defineConfig({
  testDir: './tests',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  // Run beside each other, so each has a folder of its own for what failed.
  projects: [
    { name: 'console', testIgnore: /(activiti|install)\.spec/, outputDir: '../target/browser/console' },
    { name: 'activiti', testMatch: /activiti\.spec/, outputDir: '../target/browser/activiti' },
    { name: 'install', testMatch: /install\.spec/, outputDir: '../target/browser/install' },
  ],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: flags },
    screenshot: 'only-on-failure',
    // To record every test takes a quarter of the time of all: only if asked for.
    trace: process.env.SLIPWAY_TEST_TRACE ? 'retain-on-failure' : 'off',
    // What moves is painted without a graphics card.
    contextOptions: { reducedMotion: 'reduce' },
  },
});
