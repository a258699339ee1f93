// A real OpenID provider (npm `oidc-provider`) on a socket of its own, for the tests.
//
// On standard input: {"jwks", "clients", "audience", "accounts"}. It prints where it is. Beside what
// the provider is, it can be told things: POST /_test/keys and /_test/accounts replace them, GET
// /_test/asked says how often each path was asked for.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../../frontend/package.json", import.meta.url));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);
const told = JSON.parse(await text(process.stdin));
const asked = {};
let issuer;
let provider;

function configuration() {
  const { audience, clients, jwks } = told;
  return {
    clients,
    jwks,
    cookies: { keys: ["only for tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["roles"] },
    conformIdTokenClaims: told.claimsFromUserinfo ?? false,
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "PS256", "ES256", "EdDSA"] },
    extraTokenClaims: async (_ctx, token) => {
      const { email, roles } = told.accounts[token.accountId] ?? {};
      return { email, roles };
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          audience,
          scope: "api",
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: told.accessTokenAlg ?? "RS256" } },
        }),
      },
      rpInitiatedLogout: { enabled: true },
    },
    findAccount: async (_ctx, sub) => {
      const claims = told.accounts[sub];
      return claims && { accountId: sub, claims: async () => ({ sub, ...claims }) };
    },
    // Whoever signed in has agreed: there is no page for it.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid email profile offline_access");
      grant.addResourceScope(audience, "api");
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, ClientCredentials: 600, IdToken: 600, Session: 3600 },
  };
}

function start() {
  provider = new Provider(issuer, configuration());
  provider.on("server_error", (_ctx, error) => console.error(error));
}

async function tell(request, response) {
  const name = request.url.slice("/_test/".length);
  if (request.method === "POST") {
    const news = JSON.parse(await text(request));
    if (name === "keys") {
      told.jwks = news;
    } else {
      Object.assign(told, { [name]: news });
    }
    start();
  }
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(name === "asked" ? asked : {}));
}

const server = createServer((request, response) => {
  if (request.url.startsWith("/_test/")) {
    void tell(request, response);
    return;
  }
  const path = new URL(request.url, issuer).pathname;
  asked[path] = (asked[path] ?? 0) + 1;
  provider.callback()(request, response);
});
server.listen(told.port ?? 0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  start();
  console.log(`openid at ${issuer}`);
});
