// The whole way without a mouse.
import { awake, expect, test } from '../support/test.js';

test('from anywhere to a shipment by its reference', async ({ page }, info) => {
  await page.goto('/shipments');
  await awake(page, info);
  const reference = (await page.locator('[data-rows] tbody th a').first().innerText()).trim();
  await page.goto('/');
  await awake(page, info);
  await page.keyboard.press('ControlOrMeta+k');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  // All at once, as it is pasted: it is searched for once.
  await page.keyboard.insertText(reference);
  const first = dialog.getByRole('link').first();
  await expect(first).toContainText(reference);
  await page.keyboard.press('ArrowDown');
  await expect(first).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(reference);
});

test('j and k walk the rows, Enter opens one, and the way back is where it was', async ({ page }, info) => {
  await page.goto('/shipments');
  await awake(page, info);
  const rows = page.locator('[data-rows] tbody th a');
  await page.keyboard.press('j');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(rows.nth(0)).toBeFocused();
  const reference = (await rows.nth(0).innerText()).trim();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(reference);
  await page.goBack();
  await expect(page).toHaveURL(/\/shipments$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Shipments');
});

test('g and a letter go to a page, ? explains, Escape closes', async ({ page }, info) => {
  await page.goto('/');
  await awake(page, info);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Quarantine');
});

test('the first tab stop skips to the content, and the focus is always to be seen', async ({ page }, info) => {
  await page.goto('/');
  await awake(page, info);
  await page.keyboard.press('Tab');
  await expect(page.locator('a.skip')).toBeFocused();
  for (let stop = 0; stop < 15; stop += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return 'nothing';
      const style = getComputedStyle(focused);
      const inside = focused.querySelector('.hit') ? getComputedStyle(focused.querySelector('.hit')) : style;
      const shows = [style, inside].some(s => s.outlineStyle !== 'none' || s.boxShadow !== 'none' || s.stroke !== 'none');
      return shows ? 'seen' : `not seen: ${focused.outerHTML.slice(0, 120)}`;
    });
    expect(seen).not.toMatch(/^not seen/);
  }
});

test('pages that only the server renders come without a load, with their title, and are asked for once', async ({ page }, info) => {
  await page.goto('/');
  await awake(page, info);
  await page.evaluate(() => (window.kept = true));
  const asked = [];
  page.on('request', request => {
    if (request.resourceType() === 'fetch' && !request.url().includes('/api/')) asked.push(new URL(request.url()).pathname);
  });
  const bar = page.getByRole('navigation', { name: 'Main' });
  await bar.getByRole('link', { name: 'Exceptions' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Exceptions');
  await expect(page).toHaveTitle('Exceptions · Waybill');
  await bar.getByRole('link', { name: 'Configuration' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Configuration');
  await expect(page).toHaveTitle('Configuration · Waybill');
  await bar.getByRole('link', { name: 'Shipments' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Shipments');
  await expect(page).toHaveTitle('Shipments · Waybill');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Configuration');
  await expect(page).toHaveTitle('Configuration · Waybill');
  // The Overview and Exceptions may be asked for besides: they follow what changes while one stands on them.
  expect(asked.filter(path => path !== '/' && path !== '/exceptions')).toEqual(['/configuration', '/configuration']);
  expect(await page.evaluate(() => window.kept)).toBe(true);
});
