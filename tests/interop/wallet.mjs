// A wallet that takes up an offer, by the client of OpenID for Verifiable Credential Issuance of the OpenWallet Foundation. Reads the
// offer and the code; prints what it was given, and for which key.
import { readFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { clientAuthenticationAnonymous, setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vciClient } from '@openid4vc/openid4vci';
import * as jose from 'jose';

const { offer, code, configuration, algorithm } = JSON.parse(readFileSync(0, 'utf8'));
// The program under test listens on this machine, without TLS.
setGlobalConfig({ allowInsecureUrls: true });
const { privateKey, publicKey } = await jose.generateKeyPair(algorithm, { extractable: true });
const publicJwk = await jose.exportJWK(publicKey);

const client = new Openid4vciClient({
  callbacks: {
    fetch,
    hash: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
    generateRandom: (bytes) => randomBytes(bytes),
    clientAuthentication: clientAuthenticationAnonymous(),
    signJwt: async (signer, { header, payload }) => ({
      jwt: await new jose.SignJWT(payload).setProtectedHeader(header).sign(privateKey),
      signerJwk: publicJwk,
    }),
  },
});
const credentialOffer = await client.resolveCredentialOffer(offer);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode: code });
const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
const signer = { method: 'jwk', publicJwk, alg: algorithm };
const { jwt } = await client.createCredentialRequestJwtProof({
  issuerMetadata,
  credentialConfigurationId: configuration,
  issuedAt: new Date(),
  nonce,
  signer,
});
const { credentialResponse } = await client.retrieveCredentials({
  issuerMetadata,
  credentialConfigurationId: configuration,
  accessToken: accessTokenResponse.access_token,
  proofs: { jwt: [jwt] },
});
console.log(JSON.stringify({
  version: issuerMetadata.originalDraftVersion,
  offered: credentialOffer.credential_configuration_ids,
  credentials: credentialResponse.credentials,
  holder: publicJwk,
}));
