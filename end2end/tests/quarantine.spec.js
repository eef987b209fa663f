// Nothing is lost: what cannot be read waits in quarantine until somebody fixes and replays it. With and without scripts.
import { arrived, audit, awake, event, expect, test } from '../support/test.js';

async function refused(waybill, info) {
  const subject = `FIX-${info.project.name}-${info.workerIndex}-${Date.now()}`;
  const good = event('shipment.dispatched', subject, { carrier: 'PRRE', freight_cost: { amount: '120.50', currency: 'USD' } });
  const bad = { ...good, data: { ...good.data, freight_cost: { amount: 'a lot', currency: 'USD' } } };
  const [receipt] = await waybill.send(bad);
  expect(receipt.outcome).toBe('quarantined');
  return { subject, good, bad };
}

async function open(page, info, subject) {
  await page.goto('/quarantine');
  await awake(page, info);
  await page.getByRole('row').filter({ hasText: subject }).getByRole('link').first().click();
  await expect(page.getByLabel('Event as it should have been')).toBeVisible();
  await awake(page, info);
}

test('an event with an impossible amount is found, fixed, replayed, and shows on its shipment', async ({ page, waybill }, info) => {
  const { subject, good } = await refused(waybill, info);
  await open(page, info, subject);
  await expect(page.locator('main')).toContainText('a lot');
  await page.getByLabel('Event as it should have been').fill(JSON.stringify(good, null, 2));
  await page.getByLabel('Why (stands in the audit trail)').first().fill('the carrier sent words for a number');
  await page.getByRole('button', { name: 'Fix and replay' }).click();
  await expect(page.locator('main')).toContainText('Resolved');
  await awake(page, info);
  await audit(page, info);
  await expect(page.locator('main')).toContainText('the carrier sent words for a number');
  await page.goto(`/search?q=${subject}`);
  await page.getByRole('link', { name: subject }).first().click();
  await arrived(page, info, subject);
  await expect(page.locator('main')).toContainText('Dispatched');
  await expect(page.locator('main')).toContainText('120.50');
});

test('a fix that is still wrong says what is wrong and loses nothing', async ({ page, waybill }, info) => {
  const { subject, bad } = await refused(waybill, info);
  await open(page, info, subject);
  const still = { ...bad, data: { ...bad.data, freight_cost: { amount: 'even more', currency: 'USD' } } };
  await page.getByLabel('Event as it should have been').fill(JSON.stringify(still));
  await page.getByLabel('Why (stands in the audit trail)').first().fill('a second look');
  await page.getByRole('button', { name: 'Fix and replay' }).click();
  await expect(page.locator('main .flash, main .problem').filter({ hasText: /\S/ }).first()).toBeVisible();
  await page.goto('/quarantine');
  await expect(page.locator('main')).toContainText(subject);
});

test('an item can be given up, with a reason, and stays to be seen', async ({ page, waybill }, info) => {
  const { subject } = await refused(waybill, info);
  await open(page, info, subject);
  await page.getByText('Discard', { exact: true }).first().click();
  const discard = page.locator('form').filter({ has: page.getByRole('button', { name: 'Discard' }) });
  await discard.getByLabel('Why (stands in the audit trail)').fill('a test of the partner');
  await discard.getByRole('button', { name: 'Discard' }).click();
  await expect(page.locator('main')).toContainText('Discarded');
  await page.goto('/quarantine');
  await expect(page.locator('main')).not.toContainText(subject);
  await page.goto('/quarantine?state=discarded');
  await expect(page.locator('main')).toContainText(subject);
});

test.describe('a viewer', () => {
  test.use({ role: 'viewer', expectedStatuses: [403] });

  test('cannot fix anything', async ({ page, waybill }, info) => {
    const { subject } = await refused(waybill, info);
    expect((await page.goto('/quarantine')).status()).toBe(403);
    await awake(page, info);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('main')).not.toContainText(subject);
  });
});
