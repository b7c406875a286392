// A console of its own for every test file: started on a free port, with a database of its own, killed at the end.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';

export const password = 'correct-horse-battery';
export const program = process.env.SLIPWAY_TEST_PROGRAM ?? resolve(import.meta.dirname, '../../target/release/slipway');
const examples = resolve(import.meta.dirname, '../../examples/releases');

export class Portal {
  private process?: ChildProcess;
  output = '';

  private constructor(
    readonly url: string,
    readonly folder: string,
    readonly releases: string,
    private readonly settings: Record<string, string>,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<Portal> {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-'));
    const releases = join(folder, 'releases');
    cpSync(examples, releases, { recursive: true });
    const portal = new Portal(`http://127.0.0.1:${await freePort()}`, folder, releases, settings);
    await portal.serve();
    return portal;
  }

  /** Starts the program and waits until it serves. */
  async serve(): Promise<void> {
    const env = {
      PATH: process.env.PATH!,
      SLIPWAY_ADDR: this.url.replace('http://', ''),
      SLIPWAY_DATA_DIR: join(this.folder, 'var'),
      SLIPWAY_RELEASES_DIR: this.releases,
      SLIPWAY_ADMIN_PASSWORD: password,
      SLIPWAY_SANDBOX_PACE_MS: '150',
      // The releases were copied a moment ago.
      SLIPWAY_RELEASES_QUIET_MS: '0',
      ...this.settings,
    };
    this.process = spawn(program, ['serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.on('data', (text) => (this.output += text));
    }
    await expect
      .poll(() => fetch(this.url + '/healthz').then((answer) => answer.ok, () => false), { timeout: 30_000, message: 'the console serves' })
      .toBe(true);
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const running = this.process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill(signal);
    await ended;
  }
}

export async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

export async function signIn(page: Page, portal: Portal): Promise<void> {
  await page.goto(portal.url + '/sign-in');
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
}

/** Signs in at Keycloak; ends where that person may go. */
export async function signInAtProvider(page: Page, portal: Portal, name: string): Promise<void> {
  await page.goto(portal.url + '/devops/releases');
  await page.getByRole('link', { name: /^Sign in with/ }).click();
  await page.getByLabel('Username').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill('password');
  await page.getByRole('button', { name: 'Sign In' }).click();
}

/** Goes through the steps of Deploy and sends the order; ends on the application's page. */
export async function deploy(page: Page, portal: Portal, project: string, name: string, version?: string): Promise<void> {
  await page.goto(portal.url + '/devops/releases');
  await page.getByRole('link', { name: `Deploy ${project}`, exact: true }).click();
  await order(page, name, version);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByRole('heading', { name, level: 1, exact: true })).toBeVisible();
}

/** Who administers what is deployed: names that nobody verifies, unless a directory knows everybody. */
export const people = { admins: 'ana, ops' };

/** Fills in what every application needs, from the first step to the review. */
export async function order(page: Page, name: string, version?: string, admins = people.admins): Promise<void> {
  await page.getByLabel('Application name').fill(name);
  if (version) await page.getByLabel('Version').selectOption(version);
  await next(page);
  await page.getByLabel('Administrator access').fill(admins);
  await onTo(page, 'Review');
}

/** Goes on until that step is shown. */
export async function onTo(page: Page, label: string): Promise<void> {
  while (!(await step(page).innerText()).includes(label)) await next(page);
}

/** The step of an order that is shown. */
export function step(page: Page) {
  return page.getByRole('navigation', { name: 'Steps' }).locator('[aria-current="step"]');
}

/** Leaves a step in which nothing is wrong. */
export async function next(page: Page): Promise<void> {
  const before = await step(page).innerText();
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(step(page)).not.toHaveText(before);
}

/** From anywhere in the update of an application to its review. */
export async function review(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: /^Review/ }).click();
  await expect(step(page)).toContainText('Review');
}

/** A tab of an application's page. */
export async function tab(page: Page, label: string): Promise<void> {
  await page.getByRole('navigation', { name: /^Parts of/ }).getByRole('link', { name: label, exact: true }).click();
  await expect(page.getByRole('link', { name: label, exact: true, includeHidden: true }).and(page.locator('[aria-current="page"]'))).toBeVisible();
}

export async function undeploy(page: Page, portal: Portal, name: string, action = 'Undeploy'): Promise<void> {
  await page.goto(portal.url + '/devops/instances');
  await page.getByRole('link', { name: `${action} ${name}`, exact: true }).click();
  await page.getByLabel('Type the name').fill(name);
  await page.getByRole('button', { name: action, exact: true }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** The badge at the top of an application's page. */
export function badge(page: Page, status: string) {
  return page.getByRole('main').locator('leptos-island').getByText(status, { exact: true });
}
