import { defineConfig } from '@playwright/test';

// Debian's Chromium; a download of Playwright's own is not needed and not possible everywhere.
const flags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
if (process.getuid?.() === 0) flags.push('--no-sandbox');

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
