// The README's pictures: taken of what a new user would see, never by hand. Run by `make screenshots`.
import path from 'node:path';
import { awake, event, expect, test as base } from '../support/test.js';
import { Waybill } from '../support/server.js';

const test = base.extend({
  waybill: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const waybill = await Waybill.start({ shipments: 1500, days: 120, mode: 'live' });
      const policy = '[[contracts]]\ncustomer = "*"\nname = "Standard terms"\npod = "received"\n[expectations]\naccrual_on = "never"\n';
      waybill.command(['policy', 'apply', waybill.file('policy.toml', policy), '--reason', 'the shipper’s standard terms']);
      await waybill.send(
        event('shipment.delivered', 'ZLL00A1', {}, { time: '2199-01-01T00:00:00Z' }),
        event('shipment.dispatched', 'ZLL00A2', { freight_cost: { amount: '1,250.50', currency: 'USD' } }),
        event('shipment.dispatched', 'ZLL00A3', {}, { type: 'com.waybill.shipment.teleported.v1' }),
      );
      await use(waybill);
      await waybill.stop();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
});

async function take(page, info, name) {
  const look = info.project.name === 'js' ? '' : `-${info.project.name}`;
  await awake(page, info);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: path.resolve('../docs/screenshots', `${name}${look}.png`), animations: 'disabled' });
}

test('pictures', async ({ page }, info) => {
  test.setTimeout(300_000);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Cash waiting' })).toBeVisible();
  await take(page, info, 'overview');
  if (info.project.name !== 'js') return;
  await page.goto('/shipments?timeliness=delivered_late');
  await take(page, info, 'shipments');
  await page.locator('[data-rows] tbody th a').first().click();
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('Shipments');
  await take(page, info, 'shipment');
  await page.goto('/exceptions');
  await take(page, info, 'exceptions');
  await page.goto('/exceptions?view=list&kind=pod_missing');
  await page.locator('[data-rows] tbody th a, table tbody th a').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('POD missing');
  await take(page, info, 'exception');
  await page.goto('/quarantine');
  await page.locator('[data-rows] tbody th a').first().click();
  await expect(page.getByLabel('Event as it should have been')).toBeVisible();
  await take(page, info, 'quarantine');
});
