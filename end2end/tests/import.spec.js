// A flat file by a mapping of its own: taken in, a broken line found in quarantine, fixed and replayed.
import { arrived, audit, awake, expect, test } from '../support/test.js';

const mapping = `
name = "acme"
source = "/files/acme"
mode = "history"
time_zone = "UTC"

[file]
delimiter = ";"

[fields]
shipment = { column = "Shipment", required = true }
carrier = "Carrier"
mode = { column = "Mode", map = { "Truck" = "road", "Air" = "air" } }

[fields.promised]
column = "Promised"
kind = "time"
formats = ["%d.%m.%Y"]

[fields.delivered]
column = "Delivered"
kind = "time"
formats = ["%d.%m.%Y"]
absent = ["open"]

[[events]]
type = "com.waybill.shipment.delivered.v1"
when = "delivered"
id = "delivered:{shipment}"
subject = "{shipment}"
time = "{delivered}"

[events.data]
carrier = "{carrier|slug}"
carrier_name = "{carrier}"
mode = "{mode}"
promised_at = "{promised}"
`;

const rows = [
  'Shipment;Carrier;Mode;Promised;Delivered',
  'ACME-1;Prairie Express;Truck;02.03.2026;01.03.2026',
  'ACME-2;Prairie Express;Truck;02.03.2026;06.03.2026',
  'ACME-3;Northern Air;Air;04.03.2026;31.02.2026',
];

test('a file is taken in once, and its broken line can be mended', async ({ page, waybill }, info) => {
  const [map, file] = [waybill.file('acme.toml', mapping), waybill.file('acme.csv', rows.join('\n') + '\n')];
  const run = () => {
    try {
      return waybill.command(['import', '--mapping', map, file]);
    } catch (error) {
      // Exit code 2: something was rejected, as it should be here.
      return String(error);
    }
  };
  run();
  run();

  await page.goto('/search?q=ACME-2');
  await page.getByRole('link', { name: 'ACME-2' }).first().click();
  await arrived(page, info, 'ACME-2');
  await audit(page, info);
  await expect(page.locator('main')).toContainText('Delivered');
  await expect(page.locator('main')).toContainText('late');

  await page.goto('/quarantine?source=/files/acme');
  await expect(page.locator('.head .count')).toContainText('1 item');
  await page.locator('[data-rows] tbody th a').first().click();
  await expect(page.getByLabel('Event as it should have been')).toBeVisible();
  await awake(page, info);
  await expect(page.locator('main')).toContainText('31.02.2026');
  await expect(page.locator('main')).toContainText(/Delivered/);

  const mended = {
    specversion: '1.0',
    id: 'delivered:ACME-3',
    source: '/files/acme',
    type: 'com.waybill.shipment.delivered.v1',
    subject: 'ACME-3',
    time: '2026-03-03T23:59:59Z',
    data: { carrier: 'northern-air', carrier_name: 'Northern Air', mode: 'air', promised_at: '2026-03-04T23:59:59Z' },
  };
  await page.getByLabel('Event as it should have been').fill(JSON.stringify(mended));
  await page.getByLabel('Why (stands in the audit trail)').first().fill('February has no 31st: the carrier meant 3 March');
  await page.getByRole('button', { name: 'Fix and replay' }).click();
  await expect(page.locator('main')).toContainText('Resolved');
  await page.goto('/search?q=ACME-3');
  await page.getByRole('link', { name: 'ACME-3' }).first().click();
  await arrived(page, info, 'ACME-3');
  await expect(page.locator('main')).toContainText('Delivered');
});
