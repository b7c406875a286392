// The part of verify.sh that speaks with the runtime bundle.   verify.mjs run|again|upgraded
const { RB, KEYCLOAK } = process.env;
let failures = 0;
const check = (rule, holds, seen) => {
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${rule}${holds ? '' : `: ${JSON.stringify(seen)}`}`);
  if (!holds) failures += 1;
};
const token = async (username) => {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'activiti', username, password: 'password', scope: 'openid' });
  return (await (await fetch(`${KEYCLOAK}/realms/alfresco/protocol/openid-connect/token`, { method: 'POST', body })).json()).access_token;
};
const call = async (who, method, path, body) => {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  if (who) headers.authorization = `Bearer ${who}`;
  const answer = await fetch(RB + path, { method, headers, redirect: 'manual', body: body && JSON.stringify(body) });
  const text = await answer.text();
  let json; try { json = JSON.parse(text); } catch { json = text.slice(0, 300); }
  return { status: answer.status, json };
};
// Answers come as {"entry": ...} and {"list": {"entries": [...]}}.
const entries = (answer) => (answer.json?.list?.entries ?? []).map((one) => one.entry);
const until = async (seconds, ask, good) => {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await ask();
    if (good(seen) || Date.now() > end) return seen;
    await new Promise((done) => setTimeout(done, 200));
  }
};
const hr = await token('hruser');
const sales = await token('salesuser');
const startProcess = (who, key, variables = {}) =>
  call(who, 'POST', '/v1/process-instances', { payloadType: 'StartProcessPayload', processDefinitionKey: key, variables });

const run = async () => {
  check('without a token nothing is told', (await call(null, 'GET', '/v1/process-definitions')).status === 401, await call(null, 'GET', '/v1/process-definitions'));
  const definitions = await call(hr, 'GET', '/v1/process-definitions');
  check('the release is deployed', entries(definitions).map((one) => one.key).sort().join() === 'Process_greet,Process_greetOnly', definitions);

  const started = await startProcess(hr, 'Process_greet', { person: 'Grace' });
  check('a process starts', started.status === 200 && started.json.entry?.status === 'RUNNING', started);
  const id = started.json.entry?.id;
  const mine = () => call(hr, 'GET', '/v1/tasks');
  const tasks = await until(20, mine, (answer) => entries(answer).some((one) => one.processInstanceId === id));
  const task = entries(tasks).find((one) => one.processInstanceId === id);
  check('after the connector has answered the task is listed for its assignee', task?.name === 'Read the greeting' && task.assignee === 'hruser', tasks);
  const others = await call(sales, 'GET', '/v1/tasks');
  check('and not for another person', others.status === 200 && entries(others).length === 0, others);
  const variables = await call(hr, 'GET', `/v1/process-instances/${id}/variables`);
  const answer = entries(variables).find((one) => one.name === 'answer');
  check('the connector’s output is in the process’s variable', answer?.value === 'Welcome, Grace!', variables);
  const diagram = await fetch(`${RB}/v1/process-instances/${id}/model`, { headers: { accept: 'image/svg+xml', authorization: `Bearer ${hr}` } });
  const drawn = await diagram.text();
  check('the diagram is drawn', diagram.status === 200 && drawn.includes('<svg'), [diagram.status, drawn.slice(0, 200)]);
  const completed = await call(hr, 'POST', `/v1/tasks/${task?.id}/complete`, { payloadType: 'CompleteTaskPayload', taskId: task?.id });
  check('the task is completed', completed.status === 200, completed);
  const gone = await until(10, () => call(hr, 'GET', `/v1/process-instances/${id}`), (seen) => seen.status !== 200);
  check('the process has ended', gone.status === 404, gone);

  const only = await startProcess(hr, 'Process_greetOnly', { name: 'Linus' });
  const ended = await until(20, () => call(hr, 'GET', `/v1/process-instances/${only.json.entry?.id}`), (seen) => seen.status !== 200);
  check('a process of a connector alone completes', only.status === 200 && ended.status === 404, [only, ended]);

  const waiting = await startProcess(hr, 'Process_greet');
  const last = await until(20, mine, (seen) => entries(seen).some((one) => one.processInstanceId === waiting.json.entry?.id));
  check('a process waits for a person', entries(last).length === 1, last);
};

const again = async () => {
  const tasks = await call(hr, 'GET', '/v1/tasks');
  check('the waiting task outlives a restart of everything', entries(tasks).length === 1, tasks);
  const definitions = await call(hr, 'GET', '/v1/process-definitions');
  check('and the release is not deployed twice', entries(definitions).every((one) => one.version === 1), definitions);
  // The connector does not run: its queue keeps what is asked.
  check('a process starts while its connector is away', (await startProcess(hr, 'Process_greet')).status === 200);
};

const upgraded = async () => {
  const definitions = await call(hr, 'GET', '/v1/process-definitions');
  const versions = entries(definitions).filter((one) => one.key === 'Process_greet').map((one) => one.version);
  check('another version in the manifest deploys the release once more', Math.max(...versions) === 2, definitions);
  const tasks = await until(20, () => call(hr, 'GET', '/v1/tasks'), (seen) => entries(seen).length === 2);
  check('what waited goes on, and what was asked of the absent connector is answered', entries(tasks).length === 2, tasks);
  for (const task of entries(tasks)) {
    const done = await call(hr, 'POST', `/v1/tasks/${task.id}/complete`, { payloadType: 'CompleteTaskPayload', taskId: task.id });
    check('an instance of the earlier version is finished', done.status === 200 && task.processDefinitionId.startsWith('Process_greet:1:'), [task, done]);
  }
};

await { run, again, upgraded }[process.argv[2]]();
process.exit(failures ? 1 : 0);
