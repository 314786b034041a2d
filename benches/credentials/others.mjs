// What the packages of others need for the same credentials: signs each as a proof and as a JWT, and verifies what it signed. Reads the
// credentials; prints, of each kind, how many a second of the processor's time. The first ones are for the compiler to warm up.
import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import * as jose from 'jose';
import { loaderFor, webAddress } from './documents.mjs';

const { did, now, warm, credentials } = JSON.parse(readFileSync(0, 'utf8'));
const key = await Ed25519Multikey.generate({ id: `${did}#key-1`, controller: did });
const document = {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
  id: did,
  verificationMethod: [await key.export({ publicKey: true, includeContext: false })],
  assertionMethod: [`${did}#key-1`],
};
const documentLoader = loaderFor({ [webAddress(did)]: { json: document } });
const signing = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
const verifying = new DataIntegrityProof({ cryptosuite });
const tokenKeys = await jose.generateKeyPair('EdDSA');
const checkStatus = async () => ({ verified: true });

async function measured(things, act) {
  const done = [];
  for (const thing of things.slice(0, warm)) done.push(await act(thing));
  const begun = process.cpuUsage();
  for (const thing of things.slice(warm)) done.push(await act(thing));
  const { user, system } = process.cpuUsage(begun);
  return [done, ((things.length - warm) * 1e6) / (user + system)];
}

const [signed, issue] = await measured(credentials, (credential) =>
  vc.issue({ credential: structuredClone(credential), suite: signing, documentLoader, now: new Date(now) }),
);
const [verdicts, verify] = await measured(signed, (credential) =>
  vc.verifyCredential({ credential, suite: verifying, documentLoader, checkStatus, now: new Date(now) }),
);
const wrong = verdicts.find(({ verified }) => !verified);
if (wrong) throw wrong.error;
const [tokens, issueToken] = await measured(credentials, (credential) =>
  new jose.SignJWT(credential).setProtectedHeader({ alg: 'EdDSA', typ: 'vc+jwt' }).sign(tokenKeys.privateKey),
);
const [, verifyToken] = await measured(tokens, (token) => jose.jwtVerify(token, tokenKeys.publicKey, { typ: 'vc+jwt' }));
console.log(JSON.stringify([issue, verify, issueToken, verifyToken]));
