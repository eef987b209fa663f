// Every page, in every look: whole, accessible, within its width, and without a word of complaint from the browser.
import { audit, awake, event, expect, scripted, test } from '../support/test.js';

/** Rows whose pages are looked at. */
async function someIds(page) {
  const first = async (list, selector) => {
    await page.goto(list);
    const href = await page.locator(selector).first().getAttribute('href');
    expect(href, `a row on ${list}`).toBeTruthy();
    return href;
  };
  return {
    shipment: await first('/shipments', '[data-rows] tbody th a'),
    item: await first('/quarantine', '[data-rows] tbody th a'),
  };
}

test.beforeEach(async ({ waybill }) => {
  // Something that cannot be read, so that Quarantine has a row; the same event again changes nothing.
  waybill.refused ??= await waybill.send(event('shipment.delivered', 'PAGE-1', { carrier: 'X' }, { type: 'com.waybill.shipment.teleported.v1' }));
});

const pages = [
  ['Overview', '/'],
  ['Overview of an empty period', '/?from=1999-01-01&to=1999-02-01'],
  ['Overview of a region and a mode', '/?region=EMEA&mode=road'],
  ['Overview of nothing', '/?region=NOWHERE'],
  ['Home', '/home'],
  ['Shipments', '/shipments'],
  ['Shipments, filtered', '/shipments?stage=delivered&timeliness=delivered_late'],
  ['Shipments, none', '/shipments?carrier=NOBODY'],
  ['Exceptions', '/exceptions'],
  ['Exceptions, one by one', '/exceptions?view=list'],
  ['Exceptions, jobs over many', '/exceptions/bulk'],
  ['Exceptions, none', '/exceptions?kind=duplicate&region=NOWHERE'],
  ['Configuration', '/configuration'],
  ['Configuration, contracts', '/configuration/contracts'],
  ['Configuration, expectations', '/configuration/expectations'],
  ['Work, not invoiced', '/work/unbilled'],
  ['Work, not invoiced, by money', '/work/unbilled?sort=value&hold=pod_missing'],
  ['Work, awaiting POD', '/work/pod'],
  ['Work, unassigned', '/work/unassigned'],
  ['Work, gone silent', '/work/stale'],
  ['Work, orders', '/work/orders'],
  ['Work, none', '/work/unbilled?region=NOWHERE'],
  ['Key figures', '/kpis'],
  ['Key figures, filtered', '/kpis?region=EMEA&mode=road'],
  ['A key figure', '/kpis/K1'],
  ['A stock', '/kpis/K25'],
  ['A key figure without a case', '/kpis/K1?from=1999-01-01&to=1999-02-01'],
  ['Rows behind a figure', '/kpis/K1/rows'],
  ['Definitions', '/definitions'],
  ['Trends', '/trends'],
  ['Trends of two carriers', '/trends?region=EMEA&vs_carrier=PRRE&target=72'],
  ['Trends, none', '/trends?from=1999-01-01&to=1999-02-01'],
  ['Quarantine', '/quarantine'],
  ['Quarantine, none', '/quarantine?code=no_such_code'],
  ['Search', '/search?q=PAGE'],
  ['Search, empty', '/search?q='],
  ['Search, nothing found', '/search?q=there-is-no-such-reference'],
];

for (const [name, path] of pages) {
  test(`${name} is whole`, async ({ page }, info) => {
    const answer = await page.goto(path);
    expect(answer.status()).toBe(200);
    await awake(page, info);
    await audit(page, info);
  });
}

test('a shipment and each of its events are whole', async ({ page }, info) => {
  const { shipment } = await someIds(page);
  expect((await page.goto(shipment)).status()).toBe(200);
  await awake(page, info);
  await audit(page, info);
  const raw = await page.locator('a[href*="/events/"]').first().getAttribute('href');
  expect((await page.goto(raw)).status()).toBe(200);
  await awake(page, info);
  await audit(page, info);
});

test('an order is whole, and leads to its shipments and back', async ({ page }, info) => {
  const { shipment } = await someIds(page);
  await page.goto(shipment);
  await awake(page, info);
  const order = page.locator('a[href^="/orders/"]').first();
  await order.click();
  await expect(page).toHaveURL(/\/orders\//);
  await expect(page.getByRole('heading', { name: 'Shipments', exact: true })).toBeVisible();
  await awake(page, info);
  await audit(page, info);
  await page.locator('[data-rows] tbody th a').first().click();
  await expect(page.getByRole('heading', { name: 'What to tell the caller' })).toBeVisible();
  await page.getByRole('link', { name: '← Order' }).click();
  await expect(page).toHaveURL(/\/orders\//);
});

test('a quarantined item is whole', async ({ page }, info) => {
  const { item } = await someIds(page);
  expect((await page.goto(item)).status()).toBe(200);
  await awake(page, info);
  await audit(page, info);
});

test('every answer carries its policy, and pages load nothing from elsewhere', async ({ page, waybill }) => {
  const foreign = [];
  page.on('request', request => {
    if (!request.url().startsWith(waybill.url) && !request.url().startsWith('data:')) foreign.push(request.url());
  });
  const answer = await page.goto('/');
  const policy = answer.headers()['content-security-policy'];
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'wasm-unsafe-eval'/);
  expect(policy).toContain("style-src 'self'");
  expect(policy).not.toContain('unsafe-inline');
  expect(policy).toContain("frame-ancestors 'none'");
  expect(answer.headers()['referrer-policy']).toBe('same-origin');
  expect(answer.headers()['x-content-type-options']).toBe('nosniff');
  expect(foreign).toEqual([]);
});

test.describe('what is not there', () => {
  test.use({ expectedStatuses: [404] });

  for (const path of ['/no-such-page', '/shipments/018f0000-0000-7000-8000-000000000000', '/quarantine/nothing']) {
    test(`${path} is a page of its own, with the right status`, async ({ page }, info) => {
      const answer = await page.goto(path);
      expect(answer.status()).toBe(404);
      expect(answer.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
      await awake(page, info);
      await audit(page, info);
    });
  }
});

test.describe('what the role does not allow', () => {
  test.use({ role: 'viewer', expectedStatuses: [403] });

  test('is refused in words', async ({ page }, info) => {
    const answer = await page.goto('/quarantine');
    expect(answer.status()).toBe(403);
    await awake(page, info);
    await audit(page, info);
    await expect(page.locator('main')).toContainText(/role/i);
  });
});

test('without scripts the filters are a plain form', async ({ page }, info) => {
  await page.goto('/shipments');
  await awake(page, info);
  const filter = page.getByRole('form', { name: 'Filter shipments' }).or(page.locator('form[action="/shipments"]')).first();
  await filter.getByLabel('Stage').selectOption({ index: 1 });
  await filter.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/[?&]stage=/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Shipments');
  expect(scripted(info) || (await page.locator('html[data-ready]').count()) === 0).toBe(true);
});
