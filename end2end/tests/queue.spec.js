// The queue from the keyboard, and the parts of pages that only the server renders, in a browser that never loads again.
import { audit, awake, event, expect, live, test } from '../support/test.js';

const days = n => new Date(Date.now() - n * 86_400_000).toISOString();

/** Shipments of which the POD never came, each with its own amount. */
async function withoutPod(waybill, info, amounts) {
  const subjects = amounts.map((amount, i) => `QUEUE-${info.workerIndex}-${Date.now()}-${i}`);
  const about = { customer: 'QUEUE', carrier: 'QUEUED', mode: 'road', region: 'EU', business_unit: 'RETAIL' };
  await waybill.send(
    ...subjects.flatMap((subject, i) => [
      event('shipment.dispatched', subject, about, { time: days(5) }),
      event('shipment.delivered', subject, about, { time: days(3) }),
      event('charges.rated', subject, { total: { amount: amounts[i], currency: 'EUR' } }, { time: days(3) }),
    ]),
  );
  return subjects;
}

const list = '/exceptions?view=list&kind=pod_missing';
const neverLoaded = {
  begin: page => page.evaluate(() => (globalThis.neverLoadedAgain = true)),
  end: async page => expect(await page.evaluate(() => globalThis.neverLoadedAgain)).toBe(true),
};

test('from the bar to a cause, its rows, one of them and back, without a load', async ({ page, waybill }, info) => {
  await withoutPod(waybill, info, ['10.00']);
  await page.goto('/');
  await awake(page, info);
  await neverLoaded.begin(page);
  await page.getByRole('link', { name: 'Exceptions', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Exceptions');
  await expect(page).toHaveTitle('Exceptions · Waybill');
  await page.locator('[data-rows] tbody th').getByRole('link', { name: /^POD missing/ }).first().click();
  await expect(page).toHaveURL(/view=list/);
  await expect(page.locator('[data-pick]').first()).toBeVisible();
  await page.getByLabel('State').selectOption('open');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('link', { name: 'Remove filter State: Open' })).toBeVisible();
  await page.locator('[data-rows] tbody th a').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('POD missing');
  await awake(page, info);
  await audit(page, info);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Exceptions');
  await expect(page.getByRole('link', { name: 'Remove filter State: Open' })).toBeVisible();
  await neverLoaded.end(page);
});

test('rows are picked with x, told with their money before the click, and claimed with e', async ({ page, waybill }, info) => {
  const subjects = await withoutPod(waybill, info, ['100.25', '20.50']);
  await page.goto(list);
  await awake(page, info);
  await expect(page.locator('.bulk')).toBeHidden();
  for (const subject of subjects) {
    await page.getByRole('row').filter({ hasText: subject }).locator('th a').focus();
    await page.keyboard.press('x');
  }
  await expect(page.locator('[data-picked]')).toHaveText('2 selected · 120.75 EUR');
  await audit(page, info);
  await page.keyboard.press('e');
  const note = page.getByLabel('How it was solved');
  await expect(note).toBeFocused();
  await expect(note).toHaveValue('');
  await page.keyboard.type('the carrier promised both papers');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Said to be solved: 2 exceptions' })).toBeVisible();
  for (const subject of subjects) {
    await expect(page.getByRole('row').filter({ hasText: subject })).toContainText('Said to be solved');
  }
});

test('a takes the focused row, and a list follows what happens elsewhere', async ({ page, waybill }, info) => {
  const [subject] = await withoutPod(waybill, info, ['7.00']);
  await page.goto(list);
  await awake(page, info);
  const row = page.getByRole('row').filter({ hasText: subject });
  await row.locator('th a').focus();
  await page.keyboard.press('a');
  await expect(page.getByRole('status').filter({ hasText: 'Assigned to you.' })).toBeVisible();
  await expect(row).toContainText('amira');
  await awake(page, info);
  await live(page);
  await neverLoaded.begin(page);
  await waybill.send(event('pod.received', subject, { signed_by: 'M. Silva' }, { time: days(1) }));
  await expect(row).toHaveCount(0);
  await neverLoaded.end(page);
});

test('while rows are picked the list holds still, and shows what is new when it is asked to', async ({ page, waybill }, info) => {
  const [picked, other] = await withoutPod(waybill, info, ['8.00', '9.00']);
  await page.goto(list);
  await awake(page, info);
  await live(page);
  const box = page.getByRole('row').filter({ hasText: picked }).getByRole('checkbox');
  await box.check();
  await waybill.send(event('pod.received', other, { signed_by: 'M. Silva' }, { time: days(1) }));
  const show = page.getByRole('button', { name: 'New data: show' });
  await expect(show).toBeVisible();
  await expect(box).toBeChecked();
  await expect(page.getByRole('row').filter({ hasText: other })).toHaveCount(1);
  await show.click();
  await expect(page.getByRole('row').filter({ hasText: other })).toHaveCount(0);
  await expect(show).toHaveCount(0);
});

test.describe('when the server cannot be reached', () => {
  test.use({ expectedStatuses: [] });

  test('a page says so, and is there when it can be again', async ({ page, complaints }, info) => {
    await page.goto('/');
    await awake(page, info);
    await page.route('**/exceptions', route => route.abort());
    await page.getByRole('link', { name: 'Exceptions', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The server could not be reached');
    await page.unroute('**/exceptions');
    await page.evaluate(() => new BroadcastChannel('waybill-live').postMessage('exceptions'));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Exceptions');
    // The browser complains of what was cut off here, as it should.
    complaints.length = 0;
  });
});

test('readiness on a shipment follows its events', async ({ page, waybill }, info) => {
  const [subject] = await withoutPod(waybill, info, ['55.00']);
  await page.goto(`/search?q=${subject}`);
  await awake(page, info);
  await neverLoaded.begin(page);
  await page.locator('[data-rows] tbody th a').first().click();
  await expect(page.getByRole('heading', { name: 'Billing readiness' })).toBeVisible();
  await expect(page.locator('.verdict')).toContainText('Held by');
  await expect(page.getByRole('heading', { name: 'Open exceptions' })).toBeVisible();
  await live(page);
  await waybill.send(event('pod.received', subject, { signed_by: 'M. Silva' }, { time: days(1) }));
  await expect(page.locator('.verdict')).toContainText('Ready to invoice');
  await neverLoaded.end(page);
});
