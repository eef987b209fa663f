// Four ways to look at the same pages: with JavaScript, without, in the dark, and on a phone.
import { defineConfig } from '@playwright/test';

const wide = { width: 1440, height: 900 };

export default defineConfig({
  testDir: 'tests',
  // Pictures for the README, only when they are asked for.
  testIgnore: process.env.SCREENSHOTS ? [] : /screenshots/,
  // Each worker has a server of its own; two keep a small machine busy.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  // A test that passes at the second try has found something: it fails.
  retries: 0,
  reporter: [['list'], ['./support/nothing-skipped.js']],
  use: {
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    timezoneId: 'UTC',
    locale: 'en-GB',
    // Colours that are on their way are no colours to measure contrast by.
    contextOptions: { reducedMotion: 'reduce' },
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // The sandbox needs rights that containers do not give; nothing but our own pages is loaded.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'js', use: { viewport: wide, colorScheme: 'light' } },
    { name: 'nojs', use: { viewport: wide, colorScheme: 'light', javaScriptEnabled: false }, testMatch: /(pages|sign-in|quarantine|exceptions|figures)\.spec\.js/ },
    { name: 'dark', use: { viewport: wide, colorScheme: 'dark' }, testMatch: /(pages|screenshots)\.spec\.js/ },
    {
      name: 'narrow',
      use: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true },
      testMatch: /(pages|screenshots)\.spec\.js/,
    },
  ],
});
