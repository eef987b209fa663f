// Changing the configuration on its page: looked at first, put in force with a reason, told in the history.
import { awake, expect, test } from '../support/test.js';

test('a section is checked, put in force with a reason, and stands in the history', async ({ page }, info) => {
  await page.goto('/configuration');
  await awake(page, info);
  await page.getByRole('link', { name: 'Expectations' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Expectations');
  const text = page.getByLabel('The section as TOML');
  const before = Number(/pod_grace = (\d+)/.exec(await text.inputValue())[1]);
  // To and fro: it may run many times, and others wait for what is due.
  const hours = before % 2 ? before - 1 : before + 1;
  await text.fill((await text.inputValue()).replace(/pod_grace = \d+/, `pod_grace = ${hours}`));
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Put in force, it would change' })).toContainText(`→ ${hours}`);
  await awake(page, info);
  await page.getByLabel('Reason').fill('carriers asked for it');
  await page.getByRole('button', { name: 'Put in force' }).click();
  await expect(page).toHaveURL(/\/configuration\/expectations\?put=\d+$/);
  await expect(page.locator('.history li').first()).toContainText('carriers asked for it');
  await expect(page.getByRole('row', { name: /pod_grace/ })).toContainText(`${hours}`);
});
