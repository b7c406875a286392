// Slipway installed as an operator would: the image that the program makes of itself, the manifests of install/, two
// replicas on PostgreSQL, sign-in through Keycloak, rights by its own service account.
import { expect, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { address, kubectl } from './activiti.ts';
import { badge, deploy, freePort, people, Portal, program, review, signInAtProvider, tab, undeploy } from './portal.ts';

const env = process.env;
const required = !!env.SLIPWAY_TEST_REQUIRE;
const hasPlatforms = !!(env.SLIPWAY_TEST_ACTIVITI_IMAGES && env.SLIPWAY_TEST_OIDC_ISSUER && env.SLIPWAY_TEST_NODE === 'yes');
test.skip(!hasPlatforms && !required, 'needs the real cluster, identity provider and images: run make test');
test.skip(env.SLIPWAY_TEST_NODE === 'no', 'the cluster has no node that runs containers (no root or no namespaces)');

const place = 'slipway', application = 'lighthouse';
const pushed = [`${env.SLIPWAY_TEST_REGISTRY}/slipway/console`, 'test'];
const repository = resolve(import.meta.dirname, '../..');
let folder: string;
let door: Server;
let portal: Portal;

test.afterAll(async () => {
  door?.close();
  if (folder) {
    await kubectl(['delete', '-k', join(folder, 'own'), '--ignore-not-found', '--wait=false']).catch(() => '');
    await kubectl(['delete', 'namespace', '--ignore-not-found', '--timeout=60s', application, place]).catch(() => '');
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The program packs itself and pushes what comes of it; without what only a debugger wants, as a release is. */
function image() {
  const bare = join(folder, 'slipway');
  execFileSync('strip', ['-o', bare, program]);
  const told = execFileSync(bare, ['image', '--layout', join(folder, 'image'), '--push', `http://${pushed.join(':')}`,
    '--add', `${join(repository, 'examples/releases')}:/releases`], { env: { PATH: env.PATH } });
  console.log(String(told).trim());
  const blobs = join(folder, 'image/blobs/sha256');
  const size = readdirSync(blobs).reduce((sum, blob) => sum + statSync(join(blobs, blob)).size, 0);
  console.log(`${size} bytes to pull`);
  expect(size).toBeLessThan(35_000_000);
  rmSync(join(folder, 'image'), { recursive: true });
}

/** What an operator writes: where the parts are, and which image. */
function overlay(): string {
  cpSync(join(repository, 'install/kubernetes'), join(folder, 'kubernetes'), { recursive: true });
  const own = join(folder, 'own');
  mkdirSync(own);
  const config = {
    SLIPWAY_PUBLIC_URL: portal.url,
    SLIPWAY_GATEWAY_DOMAIN: 'localhost',
    SLIPWAY_INGRESS_CLASS: 'traefik',
    SLIPWAY_IMAGE_MIRROR: `http://${env.SLIPWAY_TEST_REGISTRY}`,
    SLIPWAY_OIDC_ISSUER: env.SLIPWAY_TEST_OIDC_ISSUER!,
    SLIPWAY_OIDC_CLIENT_ID: env.SLIPWAY_TEST_OIDC_CLIENT_ID!,
    SLIPWAY_CLUSTER_USER_PREFIX: '-',
    SLIPWAY_LEASE_SECONDS: '3',
  };
  const secret = {
    SLIPWAY_DATABASE_URL: 'postgres://slipway:its-password@postgres:5432/slipway',
    SLIPWAY_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    SLIPWAY_OIDC_CLIENT_SECRET: env.SLIPWAY_TEST_OIDC_CLIENT_SECRET!,
  };
  const [newName, newTag] = pushed;
  const kustomization = {
    resources: ['../kubernetes', 'secret.json', 'postgres.json'],
    images: [{ name: 'registry.example.com/slipway', newName, newTag }],
    patches: [{ patch: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: place, namespace: place }, data: config }) }],
  };
  writeFileSync(join(own, 'kustomization.yaml'), JSON.stringify(kustomization));
  const metadata = { name: place, namespace: place };
  writeFileSync(join(own, 'secret.json'), JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: secret }));
  writeFileSync(join(own, 'postgres.json'), JSON.stringify(database()));
  return own;
}

function database() {
  const labels = { app: 'postgres' };
  const metadata = { name: 'postgres', namespace: place, labels };
  const variables = { POSTGRES_USER: 'slipway', POSTGRES_DB: 'slipway', POSTGRES_PASSWORD: 'its-password' };
  const images = Object.fromEntries(env.SLIPWAY_TEST_ACTIVITI_IMAGES!.split(' ').map((one) => [one.split(/[/:]/)[1], one]));
  const container = {
    name: 'postgres', image: address(images['postgres']), ports: [{ containerPort: 5432 }],
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 },
    volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
    // The namespace lets nobody do more than that.
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const spec = {
    automountServiceAccountToken: false, containers: [container], volumes: [{ name: 'data', emptyDir: {} }],
    securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: { type: 'RuntimeDefault' } },
  };
  const items = [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 5432 }] } },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec },
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}

interface Pod { metadata: { name: string; deletionTimestamp?: string }; status: { conditions?: { type: string; status: string }[] } }

/** The replicas that serve. */
async function replicas(): Promise<string[]> {
  const found = JSON.parse(await kubectl(['get', 'pods', '-n', place, '-l', 'app.kubernetes.io/name=slipway', '-o', 'json']));
  const ready = (pod: Pod) => pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
  return found.items.filter((pod: Pod) => ready(pod) && !pod.metadata.deletionTimestamp).map((pod: Pod) => pod.metadata.name);
}

async function bothServe() {
  await expect.poll(async () => (await replicas()).length, { timeout: 60_000, message: 'both replicas serve' }).toBe(2);
}

/** As if its machine had lost power. */
async function kill(pod: string) {
  await kubectl(['delete', 'pod', '-n', place, '--force', '--grace-period=0', pod]);
}

/** The pages of this program have no script, because its debug build has none inside: so they are asked for again. */
async function becomes(page: import('@playwright/test').Page, status: string) {
  await expect(async () => {
    await page.goto(`${portal.url}/devops/instances/${application}`);
    await expect(badge(page, status)).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 120_000, intervals: [500] });
}

test('D24 Slipway, installed in the cluster, deploys from inside and loses nothing when replicas die', async ({ page }) => {
  test.setTimeout(300_000);
  folder = mkdtempSync(join(tmpdir(), 'slipway-install-'));
  portal = { url: `http://127.0.0.1:${await freePort()}` } as Portal;
  const own = overlay();
  await kubectl(['apply', '-f', join(folder, 'kubernetes/namespace.yaml'), '-f', join(own, 'postgres.json')]);
  image();
  await kubectl(['wait', 'pod/postgres', '-n', place, '--for=condition=Ready', '--timeout=60s']);
  await kubectl(['apply', '-k', own]);
  await bothServe();

  // Whoever comes to the service comes to either of them.
  const ip = await kubectl(['get', 'service', '-n', place, place, '-o', 'jsonpath={.spec.clusterIP}']);
  door = createServer((near) => {
    const far = connect(80, ip);
    near.pipe(far).pipe(near);
    for (const one of [near, far]) one.on('error', () => { near.destroy(); far.destroy(); });
  });
  await new Promise<void>((done) => door.listen(Number(new URL(portal.url).port), '127.0.0.1', done));
  expect(await (await fetch(portal.url + '/readyz')).json()).toMatchObject({ database: 'ok', cluster: 'ok', releases: 'ok', needed: ['database', 'releases'] });

  await signInAtProvider(page, portal, 'devopsuser');
  await expect(page.getByRole('heading', { name: 'Application releases' })).toBeVisible();

  people.admins = 'devopsuser';
  const [first] = await replicas();
  await deploy(page, portal, 'welcome', application, '1');
  await kill(first);
  await becomes(page, 'Running');
  const bindings = await kubectl(['get', 'rolebindings', '-n', application, '-o', 'jsonpath={.items[*].roleRef.name}']);
  expect(bindings).toBe('slipway-admins');
  await bothServe();

  // Whichever replica has taken the update on dies in its middle, for both do.
  await page.goto(`${portal.url}/devops/instances/${application}/update`);
  await page.getByLabel('Version').selectOption('2');
  await review(page);
  const serving = await replicas();
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await Promise.all(serving.map(kill));
  await becomes(page, 'Running');
  await tab(page, 'History');
  await expect(page.getByRole('row', { name: /2 present/ })).toBeVisible();
  await bothServe();

  const logs = await kubectl(['logs', '-n', place, '-l', 'app.kubernetes.io/name=slipway', '--tail=-1']);
  expect(logs).not.toMatch(/forbidden|does not show/i);

  await undeploy(page, portal, application);
  await becomes(page, 'Undeployed');
  await expect.poll(() => kubectl(['get', 'namespace', application, '--ignore-not-found'])).toBe('');

  await kubectl(['delete', '-k', own, '--timeout=90s']);
  const left = await kubectl(['get', 'namespaces,clusterroles,clusterrolebindings', '-o', 'name']);
  expect(left.split('\n').filter((name) => name.includes('slipway'))).toEqual([]);
});
