// The whole on real parts: Keycloak, Kubernetes with a real container, registry, Ingress, PostgreSQL.
import { expect, test } from '@playwright/test';
import { request as httpRequest } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { badge, deploy, freePort, order, people, Portal, review, signIn, signInAtProvider, tab, undeploy } from './portal.ts';

const env = process.env;
const required = !!env.SLIPWAY_TEST_REQUIRE;
const hasPlatforms = !!(env.SLIPWAY_TEST_KUBECONFIG && env.SLIPWAY_TEST_OIDC_ISSUER && env.SLIPWAY_TEST_NODE === 'yes');
test.skip(!hasPlatforms && !required, 'needs the real cluster and identity provider: run make test');
// A cluster without a node that runs containers is a limit of the machine, not a failure.
test.skip(env.SLIPWAY_TEST_NODE === 'no', 'the cluster has no node that runs containers (no root or no namespaces)');

let portal: Portal;
test.beforeAll(async () => {
  // Keycloak knows everybody, so somebody whom it does not know is refused.
  people.admins = 'devopsuser, group:hr';
  portal = await Portal.start({
    SLIPWAY_CLUSTER: `kubeconfig:${env.SLIPWAY_TEST_KUBECONFIG}`,
    SLIPWAY_IMAGE_MIRROR: `http://${env.SLIPWAY_TEST_REGISTRY}`,
    SLIPWAY_INGRESS_CLASS: 'traefik',
    SLIPWAY_OIDC_ISSUER: env.SLIPWAY_TEST_OIDC_ISSUER!,
    SLIPWAY_OIDC_CLIENT_ID: env.SLIPWAY_TEST_OIDC_CLIENT_ID!,
    SLIPWAY_OIDC_CLIENT_SECRET: env.SLIPWAY_TEST_OIDC_CLIENT_SECRET!,
    SLIPWAY_DATABASE_URL: env.SLIPWAY_TEST_POSTGRES!,
  });
});
test.afterAll(async () => { await portal?.stop(); });

/** Fetches a page through the gateway, by its host name, from the address where the gateway really is. */
function throughGateway(path: string): Promise<{ status: number; body: string }> {
  const [host, port] = env.SLIPWAY_TEST_GATEWAY!.split(':');
  return new Promise((done, failed) => {
    const request = httpRequest({ host, port, path, headers: { host: 'gateway.localhost' } }, (answer) => {
      let body = '';
      answer.on('data', (text) => (body += text));
      answer.on('end', () => done({ status: answer.statusCode!, body }));
    });
    request.on('error', failed).end();
  });
}

test('S1.08 a person signs in through Keycloak, deploys on a real cluster, fetches the page, undeploys', async ({ page }) => {
  test.setTimeout(180_000);
  await signInAtProvider(page, portal, 'devopsuser');
  await expect(page.getByRole('heading', { name: 'Application releases' })).toBeVisible();
  await expect(page.getByText('Sandbox')).toHaveCount(0);
  await deploy(page, portal, 'welcome', 'harbour');
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 90_000 });
  const link = page.getByRole('link', { name: 'Open' });
  await expect(link).toHaveAttribute('href', 'http://gateway.localhost/harbour');
  await expect.poll(async () => (await throughGateway('/harbour')).status, { timeout: 30_000 }).toBe(200);
  expect((await throughGateway('/harbour')).body).toContain('Welcome aboard, once more');
  await undeploy(page, portal, 'harbour');
  await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 120_000 });
  // The gateway hears of it when the object is gone, and takes a moment.
  await expect.poll(async () => (await throughGateway('/harbour')).status, { timeout: 10_000 }).toBe(404);
});

test('S2.25 an update on a real cluster fails no request of a client that asks all the time', async ({ page }) => {
  test.setTimeout(240_000);
  await signInAtProvider(page, portal, 'devopsuser');
  await deploy(page, portal, 'welcome', 'ferry', '1');
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 90_000 });
  await expect.poll(async () => (await throughGateway('/ferry')).status, { timeout: 30_000 }).toBe(200);
  const answers = { right: 0, wrong: [] as string[], last: '' };
  let asking = true;
  const client = (async () => {
    while (asking) {
      const answer = await throughGateway('/ferry').catch((error) => ({ status: 0, body: String(error) }));
      if (answer.status === 200) answers.right++;
      else answers.wrong.push(`${answer.status} ${answer.body.slice(0, 80)}`);
      answers.last = answer.body;
    }
  })();
  await page.goto(portal.url + '/devops/instances/ferry/update');
  await page.getByLabel('Version').selectOption('2');
  await review(page);
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await tab(page, 'History');
  await expect(page.getByRole('row', { name: /2 present/ })).toBeVisible();
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 90_000 });
  await expect.poll(() => answers.last, { timeout: 90_000 }).toContain('once more');
  // The old task drains after the new ones have taken over.
  await page.waitForTimeout(6_000);
  asking = false;
  await client;
  expect(answers.wrong).toEqual([]);
  expect(answers.right).toBeGreaterThan(200);
  console.log(`0 of ${answers.right} requests failed during the update`);
  await undeploy(page, portal, 'ferry');
  await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 120_000 });
});

test('D2 the registry that does not have the image is asked before anything is made', async ({ page }) => {
  await signInAtProvider(page, portal, 'devopsuser');
  await page.goto(portal.url + '/devops/releases/missing-image/deploy');
  await order(page, 'nowhere');
  await expect(page.getByRole('alert').filter({ hasText: 'DEP_E161' })).toContainText('404 Not Found');
  const data = { name: 'nowhere', project: 'missing-image', version: 1, admins: ['devopsuser'] };
  expect((await page.request.post(portal.url + '/api/v1/applications', { data })).status()).toBe(202);
  await page.goto(portal.url + '/devops/instances/nowhere');
  await expect(badge(page, 'ImageBuildFailed')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('404 Not Found');
  await undeploy(page, portal, 'nowhere', 'Force Undeploy');
  await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 60_000 });
});

test('D2 a container that crashes on a real node is told with its exit code', async ({ page }) => {
  test.setTimeout(120_000);
  await signInAtProvider(page, portal, 'devopsuser');
  await deploy(page, portal, 'unsteady', 'wobbly');
  await expect(page.getByRole('alert')).toContainText('exit code 3', { timeout: 60_000 });
  // It runs and crashes in turn, so which removal applies changes from moment to moment.
  await expect(async () => {
    const answers = [];
    for (const force of ['true', '']) {
      const form = { name: 'wobbly', confirmation: 'wobbly', force };
      const answer = await page.request.post(portal.url + '/actions/undeploy', { form, headers: { accept: 'text/html' }, maxRedirects: 0 });
      answers.push(answer.headers().location);
    }
    expect(answers).toContain('/devops/instances/wobbly');
  }).toPass();
  await page.goto(portal.url + '/devops/instances/wobbly');
  await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 90_000 });
});

test('S1.02 somebody without APS_DEVOPS is told which role is missing', async ({ page }) => {
  await signInAtProvider(page, portal, 'hruser');
  await expect(page.getByRole('heading', { name: 'You may not see this' })).toBeVisible();
  await expect(page.getByText(/needs the role APS_DEVOPS/)).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Devops' })).toHaveCount(0);
  const answer = await page.goto(portal.url + '/devops/instances');
  expect(answer!.status()).toBe(403);
  const events = await page.request.get(portal.url + '/api/v1/events');
  expect(events.status()).toBe(403);
});

test('S1.13 the answer of the identity provider counts once and only in the browser that asked', async ({ page, browser }) => {
  let answer = '';
  page.on('request', (request) => { if (request.url().includes('/auth/callback')) answer = request.url(); });
  await signInAtProvider(page, portal, 'devopsuser');
  await expect(page.getByRole('heading', { name: 'Application releases' })).toBeVisible();
  expect(answer).toContain('code=');
  const other = await browser.newPage();
  await other.goto(answer);
  await expect(other.getByText('was begun in another browser')).toBeVisible();
  await page.goto(answer);
  await expect(page.getByText('was begun in another browser')).toBeVisible();
});

/** A wire to the API server that can be cut and mended. */
class Wire {
  private server?: Server;
  private sockets = new Set<Socket>();
  constructor(readonly port: number, private readonly host: string, private readonly target: number) {}

  mend(): Promise<void> {
    this.server = createServer((from) => {
      const to = connect(this.target, this.host);
      for (const [one, other] of [[from, to], [to, from]] as const) {
        this.sockets.add(one);
        one.on('error', () => other.destroy()).on('close', () => { this.sockets.delete(one); other.destroy(); });
        one.pipe(other);
      }
    });
    return new Promise((done) => this.server!.listen(this.port, '127.0.0.1', done));
  }

  cut(): Promise<void> {
    const closed = new Promise<void>((done) => this.server!.close(() => done()));
    for (const socket of this.sockets) socket.destroy();
    return closed;
  }
}

test('a cluster that goes away: pages show the last known state, operations wait and go on', async ({ page }) => {
  test.setTimeout(180_000);
  const kubeconfig = readFileSync(env.SLIPWAY_TEST_KUBECONFIG!, 'utf8');
  const [, host, target] = /https:\/\/([^:"]+):(\d+)/.exec(kubeconfig)!;
  const wire = new Wire(await freePort(), host, Number(target));
  await wire.mend();
  const file = join(tmpdir(), `slipway-wire-${wire.port}.kubeconfig`);
  writeFileSync(file, kubeconfig.replace(`${host}:${target}`, `127.0.0.1:${wire.port}`), { mode: 0o600 });
  const console = await Portal.start({
    SLIPWAY_CLUSTER: `kubeconfig:${file}`,
    SLIPWAY_IMAGE_MIRROR: `http://${env.SLIPWAY_TEST_REGISTRY}`,
    SLIPWAY_INGRESS_CLASS: 'traefik',
  });
  try {
    await signIn(page, console);
    await deploy(page, console, 'welcome', 'before');
    await expect(badge(page, 'Running')).toBeVisible({ timeout: 60_000 });
    await wire.cut();
    const banner = page.getByText(/The cluster has been out of reach/);
    await expect(async () => {
      await page.goto(console.url + '/devops/instances');
      await expect(banner).toBeVisible({ timeout: 500 });
    }).toPass();
    await expect(page.getByRole('row', { name: /before/ })).toContainText('Running');
    await deploy(page, console, 'welcome', 'meanwhile');
    await expect(badge(page, 'DeployStarted')).toBeVisible();
    await wire.mend();
    await expect(badge(page, 'Running')).toBeVisible({ timeout: 90_000 });
    await page.reload();
    await expect(banner).toHaveCount(0);
    for (const name of ['before', 'meanwhile']) {
      await undeploy(page, console, name);
      await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 60_000 });
    }
  } finally {
    await console.stop();
    await wire.cut().catch(() => {});
  }
});
