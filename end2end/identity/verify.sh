#!/usr/bin/env bash
# Shows that the identity provider gives what the console relies on: roles in both tokens, PKCE, redirects to any
# loopback port and nowhere else, people search. Starts one on a free port with a state of its own, and stops it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib.sh
. "$here/../lib.sh"

mkdir -p "$SLIPWAY_TEST_CACHE"
SLIPWAY_TEST_STATE=$(mktemp -d "$SLIPWAY_TEST_CACHE/verify-identity.XXXX")
export SLIPWAY_TEST_STATE
trap '"$here/identity.sh" down; rm -rf "$SLIPWAY_TEST_STATE"' EXIT
trap 'exit 130' INT TERM

SLIPWAY_TEST_IDENTITY_PORT=$(free_port)
export SLIPWAY_TEST_IDENTITY_PORT
lines=$("$here/identity.sh" up)
[ "$("$here/identity.sh" up)" = "$lines" ] || fail "a second up is not a no-op"
export ISSUER="http://127.0.0.1:$SLIPWAY_TEST_IDENTITY_PORT/realms/alfresco"
node --input-type=module - <<'JS'
const issuer = process.env.ISSUER;
let failures = 0;
const check = (rule, holds, seen) => {
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${rule}${holds ? '' : `: ${JSON.stringify(seen)}`}`);
  if (!holds) failures += 1;
};
const token = async (form) => {
  const body = new URLSearchParams({ client_id: 'slipway', client_secret: 'slipway-secret', scope: 'openid', ...form });
  return (await fetch(`${issuer}/protocol/openid-connect/token`, { method: 'POST', body })).json();
};
const roles = (jwt) => (jwt ? JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url')).realm_access?.roles ?? [] : []);
for (const [username, may] of [['devopsuser', true], ['superadminuser', true], ['hruser', false], ['modeler', false]]) {
  const answer = await token({ grant_type: 'password', username, password: 'password' });
  for (const kind of ['access_token', 'id_token']) {
    const has = roles(answer[kind]);
    check(`${username} ${may ? 'has' : 'has not'} APS_DEVOPS in the ${kind}`, !!answer[kind] && has.includes('APS_DEVOPS') === may, answer.error ?? has);
    check(`no role of ${username} is named twice in the ${kind}`, new Set(has).size === has.length, has);
  }
}
const claims = (jwt) => (jwt ? JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url')) : {});
const hruser = await token({ grant_type: 'password', username: 'hruser', password: 'password' });
for (const kind of ['access_token', 'id_token']) check(`the ${kind} names the groups`, claims(hruser[kind]).groups?.join() === '/hr', claims(hruser[kind]).groups);
check('the access token is meant for Slipway', [claims(hruser.access_token).aud].flat().includes('slipway'), claims(hruser.access_token).aud);
const page = async (redirect_uri, pkce = true) => {
  const query = new URLSearchParams({ client_id: 'slipway', response_type: 'code', scope: 'openid', state: 's', nonce: 'n', redirect_uri });
  if (pkce) { query.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'); query.set('code_challenge_method', 'S256'); }
  return fetch(`${issuer}/protocol/openid-connect/auth?${query}`, { redirect: 'manual' });
};
const callback = 'http://127.0.0.1:45678/auth/callback';
check('any loopback port may be returned to', (await page(callback)).status === 200);
check('no other host may be returned to', (await page('http://example.com/auth/callback')).status === 400);
check('sign-in without PKCE is refused', (await page(callback, false)).headers.get('location')?.includes('error=invalid_request'));

// The whole way that a browser goes: form, cookies, code, token.
const form = await page(callback);
const cookie = form.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
const action = (await form.text()).match(/action="([^"]+login-actions[^"]+)"/)?.[1].replaceAll('&amp;', '&');
const sent = await fetch(action, { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams({ username: 'devopsuser', password: 'password' }) });
const code = new URL(sent.headers.get('location') ?? callback).searchParams.get('code');
check('a person who signs in is asked nothing else', !!code, sent.headers.get('location'));
const exchanged = await token({ grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback, code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' });
check('the code gives an ID token with the roles', roles(exchanged.id_token).includes('APS_DEVOPS'), exchanged.error_description);
const query = new URLSearchParams({ id_token_hint: exchanged.id_token ?? '', post_logout_redirect_uri: 'http://127.0.0.1:45678/' });
const out = await fetch(`${issuer}/protocol/openid-connect/logout?${query}`, { redirect: 'manual' });
check('signing out returns to the console', out.headers.get('location') === 'http://127.0.0.1:45678/', out.status);

const { access_token } = await token({ grant_type: 'client_credentials' });
const admin = async (path) => (await fetch(issuer.replace('/realms/', '/admin/realms/') + path, { headers: { authorization: `Bearer ${access_token}` } })).json();
// By this one a runtime bundle asks whose task it is.
const service = await token({ client_id: 'activiti-service', client_secret: 'activiti-service-secret', grant_type: 'client_credentials' });
const asked = await fetch(`${issuer.replace('/realms/', '/admin/realms/')}/users?search=hr`, { headers: { authorization: `Bearer ${service.access_token}` } });
check('the client of applications finds people', asked.status === 200, [asked.status, service.error]);
const people = await admin('/users?search=hr');
check('the client finds people', people.length >= 2, people);
const groups = await admin('/groups');
check('the client finds groups', groups.length === 3, groups);
process.exit(failures ? 1 : 0);
JS
