// A modelled project on real software: Activiti Cloud's runtime bundle and a connector run its processes, on
// PostgreSQL, RabbitMQ and Keycloak. Two applications start at once, because it is starting that takes time.
import { expect, test, type Page } from '@playwright/test';
import { badge, next, onTo, Portal, signInAtProvider, step, tab, undeploy } from './portal.ts';
import { address, call, entries, forget, kubectl, pods, token, type Answer } from './activiti.ts';

const env = process.env;
const required = !!env.SLIPWAY_TEST_REQUIRE;
const hasPlatforms = !!(env.SLIPWAY_TEST_ACTIVITI_IMAGES && env.SLIPWAY_TEST_OIDC_ISSUER && env.SLIPWAY_TEST_NODE === 'yes');
test.skip(!hasPlatforms && !required, 'needs the real cluster, identity provider and images: run make test');
test.skip(env.SLIPWAY_TEST_NODE === 'no', 'the cluster has no node that runs containers (no root or no namespaces)');
// Each test goes on where the one before has ended.
test.describe.configure({ mode: 'serial' });

const inside = 'arrivals', outside = 'questions', databases = 'databases';
const images = Object.fromEntries((env.SLIPWAY_TEST_ACTIVITI_IMAGES ?? '').split(' ').map((image) => [image.split(/[/:]/)[1], `docker.io/${image}`]));

let portal: Portal;
let page: Page;
let hr: string;
let waiting: string;

test.beforeAll(async ({ browser }) => {
  portal = await Portal.start({
    SLIPWAY_CLUSTER: `kubeconfig:${env.SLIPWAY_TEST_KUBECONFIG}`,
    SLIPWAY_IMAGE_MIRROR: `http://${env.SLIPWAY_TEST_REGISTRY}`,
    SLIPWAY_REGISTRY: `http://${env.SLIPWAY_TEST_REGISTRY}/built`,
    SLIPWAY_INGRESS_CLASS: 'traefik',
    SLIPWAY_OIDC_ISSUER: env.SLIPWAY_TEST_OIDC_ISSUER!,
    SLIPWAY_OIDC_CLIENT_ID: env.SLIPWAY_TEST_OIDC_CLIENT_ID!,
    SLIPWAY_OIDC_CLIENT_SECRET: env.SLIPWAY_TEST_OIDC_CLIENT_SECRET!,
    SLIPWAY_APP_IDENTITY_SERVICE_CLIENT: env.SLIPWAY_TEST_APP_IDENTITY_CLIENT!,
    SLIPWAY_APP_IDENTITY_SECRET: env.SLIPWAY_TEST_APP_IDENTITY_SECRET!,
  });
  page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
});
test.afterAll(async () => {
  await page?.close();
  await portal?.stop();
  await forget(databases, inside, outside);
});

/** A picture for the documentation, if somebody wants one. */
async function picture(name: string) {
  if (env.SLIPWAY_TEST_PICTURES) await page.screenshot({ path: `${env.SLIPWAY_TEST_PICTURES}/activiti-${name}.png` });
}

async function field(place: string, value: string) {
  await page.locator(`[id="${place}"]`).fill(value);
}

/** A field of a service, which is folded until it is wanted. */
async function service(name: string, part: string, value: string) {
  await page.locator(`#service-${name} > summary`).click();
  await field(`components.${name}.${part}`, value);
}

/** Goes through the steps of Deploy as an operator would who has these images and none of the query service. */
async function order(project: string, name: string, version: string, connectors: () => Promise<void>, more: () => Promise<void>) {
  await page.goto(`${portal.url}/devops/releases/${project}/deploy?version=${version}`);
  await page.getByLabel('Application name').fill(name);
  await next(page);
  await page.getByLabel('Administrator access').fill('devopsuser');
  await onTo(page, 'User access');
  await next(page);
  if ((await step(page).innerText()).includes('Connectors')) await connectors();
  await onTo(page, 'Infrastructure');
  await service('rabbitmq', 'image', images['rabbitmq']);
  await service('runtime-bundle', 'image', images['runtime-bundle']);
  await service('query', 'replicas', '0');
  await more();
  await onTo(page, 'Review');
}

async function look(name: string) {
  await page.goto(`${portal.url}/devops/instances/${name}`);
}

const definitions = (who?: string) => call(who, 'GET', `/${inside}/rb/v1/process-definitions`);
const tasks = () => call(hr, 'GET', `/${inside}/rb/v1/tasks`);
const startProcess = (which: object, variables: object) =>
  call(hr, 'POST', `/${inside}/rb/v1/process-instances`, { payloadType: 'StartProcessPayload', ...which, variables });
const complete = (task: string, variables: object) =>
  call(hr, 'POST', `/${inside}/rb/v1/tasks/${task}/complete`, { payloadType: 'CompleteTaskPayload', taskId: task, variables });

/** Waits until that process has a task of that name, and gives its identifier. */
async function taskOf(process: string, name: string): Promise<string> {
  const found = (answer: Answer) => entries(answer).find((task) => task.processInstanceId === process && task.name === name);
  await expect.poll(async () => !!found(await tasks()), { timeout: 30_000, message: `a task "${name}"` }).toBe(true);
  return found(await tasks())!.id;
}

async function ended(process: string) {
  await expect
    .poll(async () => (await call(hr, 'GET', `/${inside}/rb/v1/process-instances/${process}`)).status, { timeout: 30_000, message: 'it has ended' })
    .toBe(404);
}

test('S1.26 S1.27 S1.40 a modelled project is deployed, and what waits for its database says so', async () => {
  test.setTimeout(90_000);
  await kubectl(['apply', '-f', '-'], database());
  await signInAtProvider(page, portal, 'devopsuser');
  await expect(page.getByRole('heading', { name: 'Application releases' })).toBeVisible();
  await picture('releases');

  await order('onboarding', inside, '1', () => field('components.greeter.image', images['example-connector']), async () => {
    await service('postgresql', 'image', images['postgres']);
    await picture('deploy');
  });
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(badge(page, 'Pending')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('main').getByRole('paragraph').filter({ hasText: /runtime-bundle 0 of 1 \(after postgresql\)/ }).first()).toBeVisible();
  await picture('pending');

  await order('helpdesk', outside, '1', async () => {}, async () => {
    await field('database.url', `jdbc:postgresql://${outside}.${databases}.svc.cluster.local:5432/${outside}`);
    await field('database.username', outside);
    await field('database.password', 'not-its-password');
  });
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByRole('heading', { name: outside, level: 1 })).toBeVisible();
});

test('S1.28 a wrong password for the external database is told within 30 seconds of the first crash', async () => {
  test.setTimeout(300_000);
  await look(outside);
  const refused = page.getByRole('alert').getByText(`runtime-bundle ends because the database refuses its user ${outside} or the password.`);
  await expect(refused).toBeVisible({ timeout: 240_000 });
  const told = Date.now();
  const [pod] = await pods(outside, 'runtime-bundle');
  const status = pod.status.containerStatuses[0];
  // Of the first crash, so the container may have been started again once at most.
  expect(status.restartCount).toBeLessThanOrEqual(1);
  const crash = Date.parse((status.lastState.terminated ?? status.state.terminated).finishedAt);
  expect(told - crash).toBeLessThan(30_000);
  console.log(`told ${told - crash} ms after the end of the container`);
  await picture('wrong-password');

  // What the administrator of the database can do about it; the runtime bundle is started again by itself.
  await psql(`alter user ${outside} password 'not-its-password'`);
});

test('S1.30 S1.41 it reaches Running and answers at the gateway only those who may use it', async () => {
  test.setTimeout(360_000);
  await look(inside);
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 200_000 });
  await picture('running');
  const link = await page.getByRole('link', { name: 'Open' }).getAttribute('href');
  expect(link).toBe(`http://gateway.localhost/${inside}/rb`);
  // The gateway hears of it a moment later. Without a token nothing is told.
  await expect.poll(async () => (await definitions()).status, { timeout: 30_000 }).toBe(401);
  // The runtime bundle has no page of its own but the description of its API.
  await page.goto(`${link}/swagger-ui.html`);
  await expect(page.getByText('process-definition-controller', { exact: false }).first()).toBeVisible();
  await picture('gateway');

  hr = await token('hruser');
  expect((await definitions(hr)).status).toBe(200);
  // Somebody whom the realm gives no right to use applications.
  expect((await definitions(await token('modeler'))).status).toBe(403);
  expect(entries(await definitions(hr)).map((one) => one.key).sort()).toEqual(['Process_greet', 'Process_prepare']);
});

test('S1.21 S1.24 a service task is done by the release’s own connector, in its own pod', async () => {
  const greeted = await startProcess({ processDefinitionKey: 'Process_greet' }, { colleague: 'Grace' });
  expect(greeted.status).toBe(200);
  await ended(greeted.json.entry.id);

  const started = await startProcess({ processDefinitionKey: 'Process_prepare' }, { colleague: 'Ada' });
  expect(started.json.entry.status).toBe('RUNNING');
  waiting = started.json.entry.id;
  await taskOf(waiting, 'Ask where they will work');
  const variables = await call(hr, 'GET', `/${inside}/rb/v1/process-instances/${waiting}/variables`);
  // The word is a variable of the connector, as its model says.
  expect(entries(variables).find((one) => one.name === 'greeting')?.value).toBe('Hello, Ada!');
  const sales = await call(await token('salesuser'), 'GET', `/${inside}/rb/v1/tasks`);
  expect(entries(sales)).toEqual([]);
});

test('S1.28 the application with an external database runs, and has none inside', async () => {
  test.setTimeout(300_000);
  await look(outside);
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 240_000 });
  expect(await kubectl(['get', 'statefulsets,pvc', '-n', outside, '-o', 'name'])).toBe('statefulset.apps/rabbitmq\npersistentvolumeclaim/data-rabbitmq-0\n');
  expect(await psql('select key_ from act_re_procdef')).toBe('Process_answerQuestion\n');
  await undeploy(page, portal, outside);
});

test('S2.25 a process goes on when the pods of the runtime bundle and of its database are new', async () => {
  test.setTimeout(300_000);
  const before = [...(await pods(inside, 'runtime-bundle')), ...(await pods(inside, 'postgresql'))].map((pod) => pod.metadata.uid);
  expect(before).toHaveLength(2);
  const volume = await kubectl(['get', 'pvc', '-n', inside, 'data-postgresql-0', '-o', 'jsonpath={.status.phase} {.spec.storageClassName}']);
  expect(volume).toBe('Bound local-path');
  await kubectl(['delete', 'pod', '-n', inside, '-l', 'app.kubernetes.io/name in (postgresql, runtime-bundle)', '--wait=false']);
  await look(inside);
  await expect(badge(page, 'Pending')).toBeVisible({ timeout: 30_000 });
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 240_000 });
  const after = [...(await pods(inside, 'runtime-bundle')), ...(await pods(inside, 'postgresql'))].map((pod) => pod.metadata.uid);
  expect(after.filter((uid) => before.includes(uid))).toEqual([]);
  await expect.poll(async () => (await tasks()).status, { timeout: 20_000 }).toBe(200);
  await taskOf(waiting, 'Ask where they will work');
});

test('D10 an update in place: what runs ends as it began, what starts is new', async () => {
  test.setTimeout(300_000);
  await page.goto(`${portal.url}/devops/instances/${inside}/update?version=2`);
  // What was entered before is there again, also where the new version has another usual value.
  await onTo(page, 'Connectors');
  await page.getByRole('button', { name: 'Show as JSON' }).first().click();
  await field('components.greeter.variables', '{"GREETING_WORD": "Welcome"}');
  await onTo(page, 'Review');
  await page.getByRole('button', { name: 'Update', exact: true }).click();
  await tab(page, 'History');
  await expect(page.getByRole('row', { name: /2 present/ })).toBeVisible();
  await expect(badge(page, 'Running')).toBeVisible({ timeout: 240_000 });
  await picture('updated');
  hr = await token('hruser');
  // The old tasks drain after the new ones have taken over, and do until then what there is to do.
  const there = async () => (await kubectl(['get', 'pods', '-n', inside, '-l', 'app.kubernetes.io/name in (greeter, runtime-bundle)', '-o', 'name'])).trim().split('\n');
  await expect.poll(async () => (await there()).length, { timeout: 60_000, message: 'only the new tasks are there' }).toBe(2);
  const second = async () => entries(await definitions(hr)).find((one) => one.key === 'Process_prepare' && one.version === 2)?.id;
  await expect.poll(second, { timeout: 30_000 }).toBeTruthy();

  await complete(await taskOf(waiting, 'Ask where they will work'), { remote: false });
  const desk = await taskOf(waiting, 'Find a desk');
  expect((await call(hr, 'POST', `/${inside}/rb/v1/tasks/${desk}/claim`)).status).toBe(200);
  expect((await complete(desk, {})).status).toBe(200);
  // In the second version a computer would have to be ordered.
  await ended(waiting);

  // By its identifier: by its key this software starts the oldest version (docs/activiti.md).
  const next = (await startProcess({ processDefinitionId: await second() }, { colleague: 'Linus' })).json.entry;
  await complete(await taskOf(next.id, 'Ask where they will work'), { remote: true });
  await taskOf(next.id, 'Order a computer');
  const variables = await call(hr, 'GET', `/${inside}/rb/v1/process-instances/${next.id}/variables`);
  expect(entries(variables).find((one) => one.name === 'greeting')?.value).toBe('Welcome, Linus!');
});

test('S1.43 D3 nothing of it is left but what it said at the end', async () => {
  test.setTimeout(300_000);
  const built = (await imagesIn('-n', inside)).filter((image) => image.includes('/built/'));
  expect(built.length).toBeGreaterThan(0);
  await undeploy(page, portal, inside);
  await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 120_000 });
  await look(outside);
  await expect(badge(page, 'Undeployed')).toBeVisible({ timeout: 60_000 });
  const left = await kubectl(['get', 'namespaces,persistentvolumes', '-o', 'jsonpath={range .items[*]}{.kind} {.metadata.name} {.spec.claimRef.namespace}{"\\n"}{end}']);
  expect(left).not.toMatch(new RegExp(`\\b(${inside}|${outside})\\b`));
  const named = await imagesIn('-A');
  expect(built.filter((image) => named.includes(image))).toEqual([]);
  expect((await call(hr, 'GET', `/${inside}/rb/v1/process-definitions`)).status).toBe(404);

  await look(inside);
  await tab(page, 'Logs');
  // One that ended beside the old one during the update may be among them (docs/activiti.md).
  const end = page.locator('details').filter({ hasText: 'runtime-bundle-' }).filter({ hasText: 'Started RuntimeBundle' }).first();
  await end.locator('summary').click();
  await expect(end.locator('pre')).toContainText('Started RuntimeBundle');
  await end.scrollIntoViewIfNeeded();
  await picture('removed');
});

/** What workloads and pods are made of. */
async function imagesIn(...where: string[]): Promise<string[]> {
  const template = '{range .items[*]}{.spec.containers[*].image}{" "}{.spec.template.spec.containers[*].image}{"\\n"}{end}';
  const found = await kubectl(['get', 'deployments,statefulsets,replicasets,jobs,pods', ...where, '-o', `jsonpath=${template}`]);
  return found.split(/\s+/).filter((image) => image);
}

/** As an administrator of the database, on its own machine. */
function psql(statement: string): Promise<string> {
  return kubectl(['exec', '-n', databases, outside, '--', 'psql', '-h', '/tmp', '-U', outside, '-d', outside, '-tAc', statement]);
}

/** A database of somebody else: outside of the application, reached by name. */
function database(): string {
  const labels = { app: outside };
  const metadata = { name: outside, namespace: databases, labels };
  const variables = { POSTGRES_USER: outside, POSTGRES_DB: outside, POSTGRES_PASSWORD: 'its-password' };
  const container = {
    name: 'postgres', image: address(images['postgres']), ports: [{ containerPort: 5432 }],
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 },
  };
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: databases } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 5432 }] } },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: { automountServiceAccountToken: false, containers: [container] } },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
