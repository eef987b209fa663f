// A figure: its filter and its target are plain forms, and what is refused is told at its field with all else kept.
import { arrived, audit, awake, expect, scripted, test } from '../support/test.js';

/** The form of a figure's page. */
function filter(page) {
  return page.getByRole('form', { name: 'Filter the figure' });
}

test('a figure is filtered, held against a target, and both stay in its address', async ({ page }, info) => {
  await page.goto('/kpis/K1');
  await arrived(page, info, 'K1');
  await filter(page).getByLabel('Mode').selectOption('road');
  await filter(page).getByLabel('Target, hours').fill('72');
  await filter(page).getByRole('button', { name: 'Apply' }).click();
  await expect(page.locator('main .facts')).toContainText(/target 72: (reached|missed|too few)/);
  await expect(page).toHaveURL(/mode=road/);
  await expect(page).toHaveURL(/target=72/);
  await expect(page.locator('main .sentence')).toContainText('mode road');
  await expect(filter(page).getByLabel('Target, hours')).toHaveValue('72');
  const rows = page.locator('main .facts a').first();
  await expect(rows).toHaveAttribute('href', /mode=road/);
  await page.getByRole('link', { name: 'Remove the filter' }).click();
  await expect(page.locator('main .sentence')).toContainText('everything that you may see');
  await awake(page, info);
  await audit(page, info);
});

test.describe('what is refused', () => {
  test.use({ expectedStatuses: [422] });

  test('a target that is none is told at its field, and the rest stays', async ({ page }, info) => {
    await page.goto('/kpis/K1?region=EMEA');
    await arrived(page, info, 'K1');
    await filter(page).getByLabel('Mode').selectOption('road');
    await filter(page).getByLabel('Target, hours').fill('soon');
    await filter(page).getByRole('button', { name: 'Apply' }).click();
    const target = filter(page).getByLabel('Target, hours');
    await expect(target).toHaveAttribute('aria-invalid', 'true');
    await expect(target).toHaveAccessibleDescription(/Write hours/);
    await expect(target).toHaveValue('soon');
    await expect(filter(page).getByLabel('Mode')).toHaveValue('road');
    await expect(filter(page).getByLabel('Region')).toHaveValue('EMEA');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('K1');
    await awake(page, info);
    await audit(page, info);
    await target.fill('72');
    await filter(page).getByRole('button', { name: 'Apply' }).click();
    await expect(page.locator('main .facts')).toContainText('target 72');
  });

  test('a period that ends before it begins is told at its field', async ({ page }, info) => {
    const answer = await page.goto('/kpis/K1?from=2026-02-01&to=2026-01-01&mode=road');
    expect(answer.status()).toBe(422);
    await awake(page, info);
    const to = filter(page).getByLabel('Before');
    await expect(to).toHaveAccessibleDescription(/ends before it begins/);
    await expect(filter(page).getByLabel('From', { exact: true })).toHaveValue('2026-02-01');
    await expect(filter(page).getByLabel('Mode')).toHaveValue('road');
    await audit(page, info);
  });

  test('what an address says and nobody asks is refused by its name', async ({ page }) => {
    const answer = await page.goto('/kpis?carier=PRRE');
    expect(answer.status()).toBe(422);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('main')).toContainText('carier');
  });
});

test('any table is a file', async ({ page }, info) => {
  await page.goto('/configuration');
  await awake(page, info);
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save as CSV: Sections of the policy' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe('waybill-sections-of-the-policy.csv');
  expect(scripted(info)).toBe(info.project.name !== 'nojs');
});
