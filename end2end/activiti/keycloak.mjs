#!/usr/bin/env node
// Makes the confidential client by which a runtime bundle asks Keycloak for people's groups: a service account that may
// view users, and nothing else.   keycloak.mjs URL APPLICATION
const [url, app] = process.argv.slice(2);
const login = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' });
const { access_token } = await (await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: login })).json();
const call = async (method, path, body) => {
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/admin/realms/alfresco${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
};
const clientId = `${app}-runtime-bundle`;
await call('POST', '/clients', { clientId, secret: `${app}-secret`, publicClient: false, serviceAccountsEnabled: true, standardFlowEnabled: false, directAccessGrantsEnabled: false });
const [client] = await call('GET', `/clients?clientId=${clientId}`);
const account = await call('GET', `/clients/${client.id}/service-account-user`);
const [management] = await call('GET', '/clients?clientId=realm-management');
const role = await call('GET', `/clients/${management.id}/roles/view-users`);
await call('POST', `/users/${account.id}/role-mappings/clients/${management.id}`, [role]);
