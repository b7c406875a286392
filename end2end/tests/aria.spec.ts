// What the main pages are for those who hear them: their landmarks, headings, tables and controls by role and name.
import { expect, test } from '@playwright/test';
import { badge, deploy, Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async ({ browser }) => {
  portal = await Portal.start();
  const page = await browser.newPage();
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'heard');
  await expect(badge(page, 'Running')).toBeVisible();
  await page.close();
});
test.afterAll(async () => { await portal.stop(); });
test.beforeEach(async ({ page }) => { await signIn(page, portal); });

test('D15 Application releases is a table with a way to deploy each project', async ({ page }) => {
  await page.goto(portal.url + '/devops/releases');
  await expect(page.getByRole('navigation', { name: 'Devops' })).toMatchAriaSnapshot(`
    - navigation "Devops":
      - list:
        - listitem:
          - link "Overview"
      - list:
        - listitem:
          - link "Application releases"
        - listitem:
          - link "Application instances"
  `);
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Application releases" [level=1]
      - table:
        - rowgroup:
          - row /welcome/:
            - rowheader /welcome/:
              - link "welcome"
            - cell:
              - link "Deploy welcome"
  `);
});

test('D15 Application instances is a table whose heads sort, with the filters before it', async ({ page }) => {
  await page.goto(portal.url + '/devops/instances');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Application instances" [level=1]
      - search:
        - searchbox "Search applications"
        - button "Search"
      - navigation "Filter by status":
        - list:
          - listitem:
            - link "All 1"
          - listitem:
            - link "Running 1"
      - table "Applications":
        - rowgroup:
          - row:
            - columnheader "Name":
              - link "Name"
            - columnheader "Status":
              - link "Status"
        - rowgroup:
          - row /heard/:
            - rowheader /heard/:
              - link "heard"
            - cell /Running/
  `);
});

test('D15 the page of an application has its name, its parts, and the removal that does not apply says why', async ({ page }) => {
  await page.goto(portal.url + '/devops/instances/heard');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - navigation "Breadcrumb":
        - list:
          - listitem:
            - link "Application instances"
      - heading "heard" [level=1]
      - link "Undeploy heard"
      - link "Force Undeploy" [disabled]
      - paragraph: It runs. Use Undeploy instead.
      - navigation "Parts of heard":
        - list:
          - listitem:
            - link "Overview"
          - listitem:
            - link "Components"
      - heading /Components/ [level=2]
      - table "Components"
  `);
});

test('D15 a step of the wizard says where it is, and its field has its label', async ({ page }) => {
  await page.goto(portal.url + '/devops/releases/welcome/deploy');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading /welcome/ [level=1]
      - navigation "Steps":
        - list:
          - listitem
      - textbox "Application name"
      - link "Cancel"
      - button "Next"
  `);
});

test('D15 the confirmation of Undeploy says what goes, and its button stands apart from Cancel', async ({ page }) => {
  await page.goto(portal.url + '/devops/instances/heard/undeploy');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Undeploy heard" [level=1]
      - paragraph: This cannot be undone.
      - list:
        - listitem:
          - code: web
      - textbox /Type the name of the application/
      - link "Cancel"
      - button "Undeploy"
  `);
});
