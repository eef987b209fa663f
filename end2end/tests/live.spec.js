// What happens elsewhere shows by itself.
import { awake, event, expect, live, test } from '../support/test.js';

test('a row changes when an event comes in, without a load', async ({ page, waybill }, info) => {
  const subject = `LIVE-${info.workerIndex}-${Date.now()}`;
  await waybill.send(event('shipment.planned', subject, { carrier: 'PRRE', mode: 'road' }));
  await page.goto('/search?q=' + subject);
  const href = await page.getByRole('link', { name: subject }).first().getAttribute('href');
  await page.goto(href);
  await awake(page, info);
  await live(page);
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
  await live(page);
  const count = page.locator('.head .count');
  const before = await count.innerText();
  await waybill.send(event('shipment.planned', `LIVE-LIST-${info.workerIndex}-${Date.now()}`, { mode: 'road' }));
  await expect(count).not.toHaveText(before);
});

test('quarantine fills while somebody looks', async ({ page, waybill }, info) => {
  await page.goto('/quarantine');
  await awake(page, info);
  await live(page);
  const subject = `LIVE-Q-${info.workerIndex}-${Date.now()}`;
  await waybill.send(event('shipment.delivered', subject, {}, { time: '2199-01-01T00:00:00Z' }));
  await expect(page.locator('main')).toContainText(subject);
});

/** The number of planned shipments on the Overview. */
function planned(tab) {
  return tab.locator('.pipeline a[href*="stage=planned"] strong');
}

const digits = text => Number(text.replace(/\D/g, ''));

test('an event changes the number in ten tabs of one browser, over one stream', async ({ context, page, waybill }, info) => {
  test.setTimeout(180_000);
  const open = new Map();
  context.on('request', request => {
    if (new URL(request.url()).pathname === '/live') open.set(request, request.frame().page());
  });
  context.on('requestfinished', request => open.delete(request));
  context.on('requestfailed', request => open.delete(request));
  // What a closed tab had open is told by nobody.
  const streams = () => [...open.values()].filter(tab => !tab.isClosed()).length;
  const tabs = [page];
  while (tabs.length < 10) tabs.push(await context.newPage());
  for (const tab of tabs) {
    await tab.goto('/');
    await awake(tab, info);
    await live(tab);
  }
  await expect.poll(streams, 'an origin has six connections: ten tabs must not take one each').toBe(1);
  const before = digits(await planned(page).innerText());
  await waybill.send(event('shipment.planned', `TABS-${info.workerIndex}-${Date.now()}`, { mode: 'road' }));
  await Promise.all(tabs.map(tab => expect.poll(async () => digits(await planned(tab).innerText())).toBe(before + 1)));
  // The tab that has the stream goes; another takes it over.
  await page.close();
  const [, next] = tabs;
  await live(next);
  await waybill.send(event('shipment.planned', `TABS-${info.workerIndex}-${Date.now()}-2`, { mode: 'road' }));
  await Promise.all(tabs.slice(1).map(tab => expect.poll(async () => digits(await planned(tab).innerText())).toBe(before + 2)));
  await expect.poll(streams).toBe(1);
});

test('how long it takes from a commit to the changed number is told', async ({ page, waybill }, info) => {
  test.setTimeout(120_000);
  await page.goto('/');
  await awake(page, info);
  await live(page);
  const took = [];
  for (let round = 0; round < 20; round += 1) {
    const before = digits(await planned(page).innerText());
    await waybill.send(event('shipment.planned', `PACE-${info.workerIndex}-${Date.now()}`, { mode: 'road' }));
    const committed = Date.now();
    await expect.poll(async () => digits(await planned(page).innerText()), { intervals: [10], timeout: 10_000 }).toBe(before + 1);
    took.push(Date.now() - committed);
  }
  took.sort((a, b) => a - b);
  const told = `commit to changed number: median ${took[9]} ms, slowest ${took[19]} ms of 20`;
  info.annotations.push({ type: 'measured', description: told });
  console.log(told);
});
