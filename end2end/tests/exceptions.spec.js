// From trouble to its effect: a proof of delivery that does not come is found, worked on, and closed only when it is there.
import { arrived, audit, awake, event, expect, test } from '../support/test.js';

const days = n => new Date(Date.now() - n * 86_400_000).toISOString();

/** A shipment that was delivered three days ago and whose POD never came. */
async function withoutPod(waybill, info) {
  const subject = `POD-${info.project.name}-${info.workerIndex}-${Date.now()}`;
  const about = { customer: 'E2E', carrier: 'PRRE', mode: 'road', region: 'EU', business_unit: 'RETAIL' };
  await waybill.send(
    event('shipment.dispatched', subject, { ...about, freight_cost: { amount: '480.00', currency: 'EUR' } }, { time: days(5) }),
    event('shipment.delivered', subject, { ...about }, { time: days(3) }),
    event('charges.rated', subject, { total: { amount: '612.40', currency: 'EUR' } }, { time: days(3) }),
  );
  return subject;
}

async function open(page, info, subject) {
  await page.goto('/exceptions?view=list&kind=pod_missing');
  await awake(page, info);
  await page.getByRole('row').filter({ hasText: subject }).getByRole('link').first().click();
  await arrived(page, info, 'POD missing');
}

test('a missing POD holds money, is claimed, and is solved only by its POD', async ({ page, waybill }, info) => {
  const subject = await withoutPod(waybill, info);
  await page.goto('/exceptions');
  await expect(page.locator('main')).toContainText('POD missing');
  await awake(page, info);
  await audit(page, info);
  await open(page, info, subject);
  await audit(page, info);
  await expect(page.locator('main')).toContainText('612.40');
  await expect(page.locator('main')).toContainText('Held by one condition');

  await page.getByLabel('How it was solved').fill('the carrier promised the paper');
  await page.getByRole('button', { name: 'Say it is solved' }).click();
  await expect(page.locator('main')).toContainText('its effect is not seen yet');
  await expect(page.locator('main')).toContainText('the carrier promised the paper');

  await waybill.send(event('pod.received', subject, { signed_by: 'M. Silva' }, { time: days(1) }));
  await page.reload();
  await expect(page.locator('main')).toContainText('Solved: its effect was seen');
  await expect(page.locator('main')).toContainText('Ready to invoice');
});

test('a shipment tells every condition of its contract', async ({ page, waybill }, info) => {
  const subject = await withoutPod(waybill, info);
  await page.goto(`/search?q=${subject}`);
  await page.getByRole('link', { name: subject }).first().click();
  await arrived(page, info, subject);
  await expect(page.locator('main')).toContainText('Harbour 2026');
  await expect(page.locator('main')).toContainText('Proof of delivery');
  await audit(page, info);
});

test('what somebody else changed meanwhile is not overwritten', async ({ page, waybill }, info) => {
  const subject = await withoutPod(waybill, info);
  await open(page, info, subject);
  const version = await page.locator('form input[name="on"]').first().inputValue();
  const act = (action, more) =>
    page.request.post('/exceptions/act', {
      form: { action, on: version, back: '/exceptions', note: 'first', ...more },
      headers: { origin: waybill.url },
      maxRedirects: 0,
    });
  const first = (await act('claim')).headers().location;
  expect(first).toMatch(/^\/exceptions\?flash=[0-9a-f-]+$/);
  await page.goto((await act('claim')).headers().location);
  await expect(page.locator('main .flash.bad')).toContainText('called it solved meanwhile');
  await page.goto(first);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('main .flash.good')).toContainText('Put back as it was before');
});

test('a form that is refused leads back to its page, which says why', async ({ page, waybill }, info) => {
  const subject = await withoutPod(waybill, info);
  await open(page, info, subject);
  await page.getByLabel('or until (your time)').fill('2020-01-01T08:00');
  await page.getByRole('button', { name: 'Snooze' }).click();
  await expect(page.locator('main .flash.bad')).toContainText('a time to come');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('POD missing');
  await awake(page, info);
  await audit(page, info);
  await page.getByText('Give it to somebody else').click();
  await page.getByLabel('Sign-in name').fill('nobody-of-that-name');
  await page.getByRole('button', { name: 'Give it to them' }).click();
  await expect(page.locator('main .flash.bad')).toContainText('Nothing was changed');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('POD missing');
});

test.describe('who may not', () => {
  test.use({ role: 'viewer', expectedStatuses: [403] });

  test('a viewer is told so', async ({ page }, info) => {
    expect((await page.goto('/exceptions')).status()).toBe(403);
    await awake(page, info);
    await audit(page, info);
  });
});
