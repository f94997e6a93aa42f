// A real OpenID provider for the tests: the package that FranceConnect and ProConnect run, in either configuration.
//
//   node tests/provider/provider.mjs '{"mode": "franceconnect", "origin": "http://localhost:8000"}'
//
// Prints its issuer once it listens; ends with its standard input. Whoever signs in is known by the name typed.

import { createHash, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { mode, origin } = JSON.parse(process.argv[2]);
const agents = mode === "proconnect";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
const client = {
  client_id: "emglev",
  client_secret: "un-secret-de-plus-de-trente-deux-caracteres",
  redirect_uris: [`${origin}/connexion/${mode}/retour`],
  post_logout_redirect_uris: [`${origin}/deconnexion/retour`],
  token_endpoint_auth_method: "client_secret_post",
  id_token_signed_response_alg: "ES256",
  userinfo_signed_response_alg: "ES256",
  subject_type: "pairwise",
};
const configuration = {
  clients: [client],
  jwks: { keys: [{ ...key, kid: "first", use: "sig", alg: "ES256" }] },
  acrValues: ["eidas1"],
  claims: { openid: ["sub"], siret: ["siret"], email: ["email"] },
  scopes: agents ? ["openid", "siret", "email"] : ["openid", "email"],
  subjectTypes: ["pairwise"],
  pairwiseIdentifier: (ctx, account, to) =>
    `${createHash("sha256").update(`${to.clientId}:${account}`).digest("hex")}v1`,
  pkce: { required: () => agents },
  ttl: { AccessToken: 60, AuthorizationCode: 30, IdToken: 60, Grant: 600, Interaction: 600, Session: 600 },
  features: { devInteractions: { enabled: true }, jwtUserinfo: { enabled: true } },
  cookies: { keys: ["a key for the cookies of the tests"] },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, siret: "21290000500019", email: "resident@demo.emglev.example" }),
  }),
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on("request", new Provider(issuer, configuration).callback());
  process.stdout.write(`${issuer}\n`);
});
process.stdin.resume().on("end", () => process.exit(0));
