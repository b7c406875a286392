import { defineConfig } from '@playwright/test';

// Debian's Chromium; a download of Playwright's own is not needed and not possible everywhere.
const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-proxy-server'];
if (process.getuid?.() === 0) flags.push('--no-sandbox');

// A browser takes names below localhost for this machine; the gateway is on the cluster's end of the wire.
const gateway = process.env.SLIPWAY_TEST_GATEWAY?.split(':')[0];
if (gateway) flags.push(`--host-resolver-rules=MAP gateway.localhost ${gateway}`);

export default defineConfig({
  testDir: './tests',
  outputDir: '../target/browser',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
});
