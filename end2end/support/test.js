// What every test has: a server, a page of someone who is signed in, and a watch over what the browser complains of.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect } from '@playwright/test';
import { Waybill, password, people } from './server.js';

export { expect };
export { event, password, people } from './server.js';

export const test = base.extend({
  /** One server a worker. */
  waybill: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const waybill = await Waybill.start();
      await use(waybill);
      await waybill.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  /** Session cookies by role: signed in once a worker, through the form's own address. */
  sessions: [
    async ({ waybill, playwright }, use) => {
      const sessions = {};
      for (const [role, { name }] of Object.entries(people)) {
        const request = await playwright.request.newContext({ baseURL: waybill.url });
        const answer = await request.post('/sign-in', {
          form: { name, password, next: '/' },
          headers: { origin: waybill.url },
          maxRedirects: 0,
        });
        expect(answer.status(), await answer.text()).toBe(303);
        sessions[role] = await request.storageState();
        await request.dispose();
      }
      await use(sessions);
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ waybill }, use) => use(waybill.url),

  /** Whose page it is; null is nobody's. */
  role: ['admin', { option: true }],

  storageState: async ({ role, sessions }, use) => use(role ? sessions[role] : undefined),

  /** Statuses that a test provokes: the browser logs them as errors, and these it may. */
  expectedStatuses: [[], { option: true }],

  /** Fails the test at the end if the browser said anything. */
  complaints: [
    async ({ page, expectedStatuses }, use, info) => {
      const said = [];
      const expected = text => expectedStatuses.some(status => text.includes(`the server responded with a status of ${status}`));
      page.on('console', message => {
        // Told by the browser when signing out empties its cache, as it should.
        if (message.type() === 'info' && message.text().startsWith('Clear-Site-Data')) return;
        if (!expected(message.text())) said.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', error => said.push(`uncaught: ${error.stack ?? error}`));
      page.on('requestfailed', request => {
        const why = request.failure()?.errorText ?? '';
        // Leaving a page ends its stream and its preloads; and with scripts switched off, this is how the browser says so.
        const refused = !scripted(info) && request.resourceType() === 'script';
        if (!why.includes('ERR_ABORTED') && !refused) said.push(`failed: ${request.url()} ${why}`);
      });
      await use(said);
      expect(said, 'what the browser complained of').toEqual([]);
    },
    { auto: true },
  ],
});

/** Whether scripts run in this project. */
export function scripted(testInfo) {
  return testInfo.project.use.javaScriptEnabled !== false;
}

/** Waits until the page is there and awake; without scripts it is when it is there. */
export async function awake(page, testInfo) {
  await page.waitForLoadState('load');
  if (scripted(testInfo)) await expect(page.locator('html[data-ready]')).toBeAttached();
}

/**
 * Waits, after a click that leads to another page, until that one has come: what is asked before is answered by the page that
 * is leaving. The heading of the new page must be none of the old one.
 */
export async function arrived(page, testInfo, heading) {
  await expect(page.locator('h1')).toHaveCount(1);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(heading);
  await awake(page, testInfo);
}

/** Waits until the page hears of changes: what happened before is told by no stream. */
export async function live(page) {
  await expect(page.locator('.fresh')).toHaveText('Live');
}

/** The rules that hold on every page, whatever it shows. */
export async function audit(page, testInfo) {
  await page.waitForLoadState('load');
  await expect(page.locator('h1'), 'one heading of the first rank').toHaveCount(1);
  await expect(page.locator('[style]'), 'inline style attributes').toHaveCount(0);
  await expect(page).toHaveTitle(/Waybill/);
  if (!scripted(testInfo)) return;
  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(tooWide, 'pixels that the page is too wide').toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([]);
}
