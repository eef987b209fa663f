// What happens elsewhere shows by itself.
import { awake, event, expect, test } from '../support/test.js';

test('a row changes when an event comes in, without a load', async ({ page, waybill }, info) => {
  const subject = `LIVE-${info.workerIndex}`;
  await waybill.send(event('shipment.planned', subject, { carrier: 'PRRE', mode: 'road' }));
  await page.goto('/search?q=' + subject);
  const href = await page.getByRole('link', { name: subject }).first().getAttribute('href');
  await page.goto(href);
  await awake(page, info);
  await page.evaluate(() => (globalThis.neverLoadedAgain = true));
  await expect(page.locator('main')).toContainText('Planned');
  await expect(page.locator('main .badges, main .head').first()).not.toContainText('Dispatched');
  await waybill.send(event('shipment.dispatched', subject, { carrier: 'PRRE' }));
  await expect(page.locator('main .badges, main .head').first()).toContainText('Dispatched');
  expect(await page.evaluate(() => globalThis.neverLoadedAgain)).toBe(true);
});

test('a list counts a new shipment by itself', async ({ page, waybill }, info) => {
  await page.goto('/shipments');
  await awake(page, info);
  const count = page.locator('.head .count');
  const before = await count.innerText();
  await waybill.send(event('shipment.planned', `LIVE-LIST-${info.workerIndex}-${Date.now()}`, { mode: 'road' }));
  await expect(count).not.toHaveText(before);
});

test('quarantine fills while somebody looks', async ({ page, waybill }, info) => {
  await page.goto('/quarantine');
  await awake(page, info);
  const subject = `LIVE-Q-${info.workerIndex}-${Date.now()}`;
  await waybill.send(event('shipment.delivered', subject, {}, { time: '2199-01-01T00:00:00Z' }));
  await expect(page.locator('main')).toContainText(subject);
});
