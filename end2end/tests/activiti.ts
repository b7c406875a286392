// How a test speaks with a real process application, its identity provider and its cluster.
import { execFile } from 'node:child_process';
import { request } from 'node:http';

const env = process.env;

export interface Answer { status: number; json: any }

/** Asks the application as a person, by the gateway's name, at the address where the gateway really is. */
export function call(who: string | undefined, method: string, path: string, body?: object): Promise<Answer> {
  const [host, port] = env.SLIPWAY_TEST_GATEWAY!.split(':');
  const headers: Record<string, string> = { host: 'gateway.localhost', accept: 'application/json', 'content-type': 'application/json' };
  if (who) headers.authorization = `Bearer ${who}`;
  return new Promise((done, failed) => {
    const asked = request({ host, port, path, method, headers }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('end', () => done({ status: answer.statusCode!, json: parsed(text) }));
    });
    asked.on('error', failed);
    asked.end(body && JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try { return JSON.parse(text); } catch { return text; }
}

/** Lists come as `{"list": {"entries": [{"entry": …}]}}`. */
export function entries(answer: Answer): any[] {
  return (answer.json?.list?.entries ?? []).map((one: { entry: unknown }) => one.entry);
}

/** The token of a person of the realm. */
export async function token(username: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'activiti', username, password: 'password', scope: 'openid' });
  const answer = await fetch(`${env.SLIPWAY_TEST_OIDC_ISSUER}/protocol/openid-connect/token`, { method: 'POST', body });
  return (await answer.json()).access_token;
}

export function kubectl(args: string[], input = ''): Promise<string> {
  return new Promise((done, failed) => {
    const child = execFile(env.SLIPWAY_TEST_KUBECTL!, ['--kubeconfig', env.SLIPWAY_TEST_KUBECONFIG!, ...args], (error, out, said) =>
      error ? failed(new Error(`kubectl ${args.join(' ')}: ${said || error.message}`)) : done(out));
    child.stdin!.end(input);
  });
}

/** The pods of a component that are not on their way out. */
export async function pods(app: string, component: string): Promise<any[]> {
  const found = await kubectl(['get', 'pods', '-n', app, '-l', `app.kubernetes.io/name=${component}`, '-o', 'json']);
  return JSON.parse(found).items.filter((pod: any) => !pod.metadata.deletionTimestamp);
}

/** Where the node finds the copy of an image. */
export function address(image: string): string {
  return `${env.SLIPWAY_TEST_REGISTRY}/${image.replace(/^docker\.io\//, '')}`;
}

/** Removes what a failed test may have left. */
export async function forget(...namespaces: string[]): Promise<void> {
  if (env.SLIPWAY_TEST_KUBECTL) await kubectl(['delete', 'namespace', '--ignore-not-found', '--timeout=90s', ...namespaces]);
}
