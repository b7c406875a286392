// Plans: what would be done is seen before it is done, and nothing else is done.
import { expect, test } from '@playwright/test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badge, deploy, Portal, signIn } from './portal.ts';

let portal: Portal;
test.beforeAll(async () => { portal = await Portal.start(); });
test.afterAll(async () => { await portal.stop(); });

/** Somebody who looks after the cluster allows the namespace no more services than it has. */
async function allowNoMoreServices(namespace: string): Promise<void> {
  const file = join(portal.folder, 'var', 'sandbox.json');
  await expect.poll(() => readFileSync(file, 'utf8')).toContain(`"namespace":"${namespace}"`);
  await portal.kill();
  const cluster = JSON.parse(readFileSync(file, 'utf8'));
  const metadata = { name: 'small', namespace, uid: 'small', resourceVersion: String(cluster.version) };
  const object = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { services: '1' } } };
  cluster.objects.push({ plural: 'resourcequotas', object });
  writeFileSync(file, JSON.stringify(cluster));
  await portal.serve();
}

test('D6 what the cluster denies is in the plan, and nothing is created', async ({ page }) => {
  await signIn(page, portal);
  const release = (version: number, names: string[]) => {
    const folder = join(portal.releases, 'pair', String(version));
    mkdirSync(folder, { recursive: true });
    const components = names.map((name) => ({ name, image: 'docker.io/slipway/probe:1.0', port: 8080 }));
    writeFileSync(join(folder, 'pair.json'), JSON.stringify({ kind: 'container', name: 'pair', version: String(version), components }));
  };
  release(1, ['web']);
  await deploy(page, portal, 'pair', 'pair');
  await expect(badge(page, 'Running')).toBeVisible();
  release(2, ['web', 'api']);
  await allowNoMoreServices('pair');

  await page.goto(portal.url + '/devops/instances/pair/update');
  await page.getByLabel('Version').selectOption('2');
  await page.getByRole('button', { name: 'Show plan' }).click();
  const objects = page.getByRole('list', { name: 'Objects' });
  await expect(objects.getByRole('listitem').filter({ hasText: 'Service api' })).toContainText('Refused');
  const stop = page.getByRole('alert').filter({ hasText: 'The cluster refuses Service api' });
  await expect(stop).toContainText('exceeded quota: small, requested: services=1, used: services=1, limited: services=1');
  await expect(page.getByText('Nothing would be written as long as something stops it.')).toBeVisible();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(page.getByRole('alert').first()).toContainText('The cluster refuses Service api');

  await page.goto(portal.url + '/devops/instances/pair');
  await expect(badge(page, 'Running')).toBeVisible();
  await expect(page.getByRole('rowheader', { name: 'api', exact: true })).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'History' }).getByRole('row')).toHaveCount(2);
});

test('D6 an order is held to the plan that is shown, and what was done can be read afterwards', async ({ page, context }) => {
  await signIn(page, portal);
  await deploy(page, portal, 'welcome', 'bound', '1');
  await expect(badge(page, 'Running')).toBeVisible();
  const plan = async (tab: typeof page) => {
    await tab.goto(portal.url + '/devops/instances/bound/update');
    await tab.getByLabel('Version').selectOption('2');
    await tab.getByRole('button', { name: 'Show plan' }).click();
    await expect(tab.getByText('Update does what the plan above says, or nothing.')).toBeVisible();
  };
  await plan(page);
  // Somebody else is quicker.
  const other = await context.newPage();
  await plan(other);
  await other.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(other.getByRole('table', { name: 'Generations' }).getByRole('row', { name: /2 present/ })).toBeVisible();
  await expect(badge(other, 'Running')).toBeVisible();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('not any more what the plan says');
  await expect(page.getByText('The plan above is new')).toBeVisible();
  await expect(page.getByText('Nothing would change.')).toBeVisible();

  await other.reload();
  await other.getByRole('link', { name: 'Plan of Update 2' }).click();
  await expect(other.getByRole('heading', { name: 'Update of generation 2' })).toBeVisible();
  await expect(other.getByRole('list', { name: 'Fields of Deployment web' })).toContainText('spec.replicas');
  await other.close();
});
