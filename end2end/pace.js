// From an event to the changed number in every open tab: how long that takes here. A measurement, no test: it prints what it found.
//
//   node pace.js                 ROUNDS=60 TABS=10 SHIPMENTS=2000 by default; WAYBILL_BIN and CHROMIUM as for the tests
//
// With WAYBILL_TEST_POSTGRES, a new PostgreSQL server's address, two processes serve its database: events go to the one, tabs look at the other.
//
// Each round sends one event at a random moment and waits until the number has changed in all tabs of one browser. Other events come
// in all the while. Time runs from before the event is sent until the tab's document has the new number, so that the way to the
// server and the commit are in it.
import { chromium } from '@playwright/test';
import { Waybill, event, password, people } from './support/server.js';

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const [rounds, tabs, shipments] = [number('ROUNDS', 60), number('TABS', 10), number('SHIPMENTS', 2000)];
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** Notes each number of planned shipments with the time at which the document had it. */
function watch() {
  const read = () => {
    const told = document.querySelector('.pipeline a[href*="stage=planned"] strong');
    const n = told ? Number(told.textContent.replace(/\D/g, '')) : undefined;
    if (n !== undefined && n !== globalThis.pace.at(-1)?.n) globalThis.pace.push({ n, at: Date.now() });
  };
  globalThis.pace = [];
  new MutationObserver(read).observe(document, { subtree: true, childList: true, characterData: true });
  read();
}

/** By nearest rank. */
const percentile = (sorted, part) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];

const server = process.env.WAYBILL_TEST_POSTGRES;
const waybill = await Waybill.start({ shipments, database: server && `${server}/postgres` });
const looked = server ? await waybill.beside() : waybill;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const context = await browser.newContext({ baseURL: looked.url });
  const signedIn = await context.request.post('/sign-in', {
    form: { name: people.admin.name, password, next: '/' },
    headers: { origin: looked.url },
  });
  if (!signedIn.ok()) throw new Error(`sign-in answered ${signedIn.status()}`);
  const open = [];
  while (open.length < tabs) {
    const page = await context.newPage();
    await page.goto('/');
    await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    await page.locator('.fresh', { hasText: 'Live' }).waitFor();
    await page.evaluate(watch);
    open.push(page);
  }
  let going = true;
  const others = (async () => {
    for (let n = 0; going; n += 1) {
      await waybill.send(event('shipment.departed', `OTHER-${n % 5}`, { carrier: 'PRRE', mode: 'road' }));
      await pause(200);
    }
  })();
  let n = await open[0].evaluate(() => globalThis.pace.at(-1).n);
  const [each, last] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    await pause(Math.random() * 2000);
    n += 1;
    const sent = Date.now();
    await waybill.send(event('shipment.planned', `PACE-${round}`, { mode: 'road' }));
    const took = await Promise.all(
      open.map(async page => {
        const has = n => globalThis.pace.find(told => told.n >= n)?.at;
        const at = await page.waitForFunction(has, n, { polling: 200, timeout: 30_000 });
        return (await at.jsonValue()) - sent;
      }),
    );
    each.push(...took);
    last.push(Math.max(...took));
  }
  going = false;
  await others;
  for (const [what, all] of [['each tab', each], ['the last tab', last]]) {
    const sorted = all.toSorted((a, b) => a - b);
    console.log(
      `event ${server ? 'at one process to changed number at another, on PostgreSQL' : 'to changed number'}, ${what} of ${tabs}, ${rounds} events beside 5/s others, ${shipments} shipments: ` +
        `p50 ${percentile(sorted, 0.5)} ms, p99 ${percentile(sorted, 0.99)} ms, slowest ${sorted.at(-1)} ms`,
    );
  }
} finally {
  await browser.close();
  if (looked !== waybill) await looked.stop();
  await waybill.stop();
}
