import { audit, awake, expect, password, people, test } from '../support/test.js';

test.use({ role: null });

test('nobody sees a page without signing in, and is led back to it afterwards', async ({ page }, info) => {
  await page.goto('/shipments?stage=delivered');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await awake(page, info);
  await audit(page, info);
  await page.getByLabel('Name').fill(people.admin.name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/shipments\?stage=delivered$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Shipments');
});

test('a wrong password is told without saying which part was wrong', async ({ page }, info) => {
  await page.goto('/sign-in');
  await awake(page, info);
  await page.getByLabel('Name').fill('vera');
  await page.getByLabel('Password').fill('not-the-password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('do not fit together');
  await awake(page, info);
  await audit(page, info);
});

test('signing out ends the session', async ({ page, context, waybill }, info) => {
  await page.goto('/sign-in');
  await awake(page, info);
  await page.getByLabel('Name').fill(people.viewer.name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${waybill.url}/home`);
  await awake(page, info);
  const cookies = await context.cookies();
  expect(cookies.every(cookie => cookie.httpOnly && cookie.sameSite !== 'None')).toBe(true);
  await page.locator('details.person summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  // The old cookie opens nothing any more.
  await context.addCookies(cookies);
  await page.goto('/shipments');
  await expect(page).toHaveURL(/\/sign-in/);
});
