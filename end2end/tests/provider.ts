// A second identity provider, so that sign-in is not made for one product: certified, small, and with other habits
// than Keycloak (other keys, a refresh token that is good once, groups in place of roles).
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import Provider from 'oidc-provider';
import { freePort, type Portal } from './portal.ts';

export const client = { id: 'slipway', secret: randomUUID() };

export class IdentityProvider {
  private server?: Server;
  /** Whose groups are which; it may change while they are signed in. */
  readonly groups = new Map<string, string[]>();

  private constructor(readonly port: number) {}

  /** Only the address; it answers from `serve` on. */
  static async announced(): Promise<IdentityProvider> {
    return new IdentityProvider(await freePort());
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Serves with new keys of that kind; whoever was signed in is forgotten. */
  async serve(portal: Portal, alg: 'ES256' | 'RS256' | 'EdDSA'): Promise<void> {
    await this.stop();
    const key = { ...privateKey(alg), alg, use: 'sig', kid: randomUUID() };
    const provider = new Provider(this.issuer, {
      clients: [{
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [portal.url + '/auth/callback'],
        post_logout_redirect_uris: [portal.url + '/auth/signed-out'],
        backchannel_logout_uri: portal.url + '/auth/backchannel-logout',
        backchannel_logout_session_required: true,
        grant_types: ['authorization_code', 'refresh_token'],
        id_token_signed_response_alg: alg,
      }],
      jwks: { keys: [key] },
      cookies: { keys: [randomUUID()] },
      findAccount: (_: unknown, sub: string) => ({
        accountId: sub,
        claims: async () => ({ sub, preferred_username: sub, groups: this.groups.get(sub) ?? [] }),
      }),
      claims: { openid: ['sub', 'groups'], profile: ['preferred_username'] },
      // Claims in the ID token, as most providers are set up.
      conformIdTokenClaims: false,
      issueRefreshToken: async () => true,
      rotateRefreshToken: true,
      features: { backchannelLogout: { enabled: true } },
    });
    await new Promise<void>((done) => { this.server = provider.listen(this.port, '127.0.0.1', done); });
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

function privateKey(alg: string) {
  if (alg === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
}
