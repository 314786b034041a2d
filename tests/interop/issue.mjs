// Issues credentials as others do, by a did:web whose documents the test serves and by a did:key, for the bank to verify: with proofs
// by the packages of Digital Bazaar, as JWTs by jose. Reads where the documents will be; prints them with the credentials.
import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { createCredential, createList } from '@digitalbazaar/vc-bitstring-status-list';
import * as jose from 'jose';
import { loaderFor, webAddress } from './documents.mjs';

const { did, documents: carried } = JSON.parse(readFileSync(0, 'utf8'));
const place = webAddress(did).replace('/.well-known/did.json', '');
const contexts = ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'];
const documents = { ...carried };
const documentLoader = loaderFor(documents);

const proofKey = await Ed25519Multikey.generate({ id: `${did}#proofs`, controller: did });
const ownKey = await Ed25519Multikey.generate();
ownKey.controller = `did:key:${ownKey.publicKeyMultibase}`;
ownKey.id = `${ownKey.controller}#${ownKey.publicKeyMultibase}`;
const tokenKeys = {};
for (const alg of ['EdDSA', 'ES256', 'RS256']) tokenKeys[alg] = await jose.generateKeyPair(alg, { extractable: true });
const methods = [await proofKey.export({ publicKey: true, includeContext: false })];
for (const [alg, { publicKey }] of Object.entries(tokenKeys)) {
  methods.push({ id: `${did}#${alg}`, type: 'JsonWebKey', controller: did, publicKeyJwk: await jose.exportJWK(publicKey) });
}
const document = {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1', 'https://w3id.org/security/jwk/v1'],
  id: did,
  verificationMethod: methods,
  assertionMethod: methods.map(({ id }) => id),
};
documents[webAddress(did)] = { json: document };

const uuid = () => `urn:uuid:${crypto.randomUUID()}`;
const badge = (issuer, more = {}) => ({
  '@context': contexts,
  id: uuid(),
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: issuer, type: ['Profile'], name: '示范职业学院' },
  validFrom: '2024-03-01T00:00:00Z',
  name: '养老护理',
  credentialSubject: {
    id: uuid(),
    type: ['AchievementSubject'],
    creditsEarned: 2.5,
    achievement: {
      id: uuid(),
      type: ['Achievement'],
      name: '养老护理',
      description: '老年人照护基础',
      criteria: { narrative: '完成培训并通过考核' },
    },
    result: [{ type: ['Result'], value: '良' }],
  },
  ...more,
});

/** The packages refuse to sign what is over; nobody who ages a credential would. */
const signed = (credential, key, now = new Date('2025-01-01T00:00:00Z')) => {
  const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
  return vc.issue({ credential, suite, documentLoader, now });
};
const token = (credential, alg, more = {}) => {
  const key = tokenKeys[alg].privateKey;
  const claims = { ...credential, iss: credential.issuer.id, jti: credential.id, sub: credential.credentialSubject.id, nbf: 1709251200, ...more };
  return new jose.SignJWT(claims).setProtectedHeader({ alg, typ: 'vc+jwt', kid: `${did}#${alg}` }).sign(key);
};

const list = await createList({ length: 131072 });
list.setStatus(4711, true);
const listAddress = `${place}/status/1`;
for (const purpose of ['revocation', 'suspension']) {
  const credential = await createCredential({ id: `${listAddress}-${purpose}`, list, statusPurpose: purpose });
  const { credentialSubject } = credential;
  const complete = { ...credential, issuer: did, validFrom: '2024-01-01T00:00:00Z', credentialSubject };
  documents[complete.id] = { json: await signed(complete, proofKey) };
}
const status = (purpose, index) => ({
  credentialStatus: {
    id: `${listAddress}-${purpose}#${index}`,
    type: 'BitstringStatusListEntry',
    statusPurpose: purpose,
    statusListIndex: String(index),
    statusListCredential: `${listAddress}-${purpose}`,
  },
});

const good = await signed(badge(did), proofKey);
const [first, second] = [await signed(badge(did), proofKey), await signed(badge(ownKey.controller), ownKey)];
const record = {
  '@context': [...contexts, 'https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json'],
  id: uuid(),
  type: ['VerifiableCredential', 'ClrCredential'],
  issuer: { id: did, type: ['Profile'], name: '示范职业学院' },
  validFrom: '2024-03-01T00:00:00Z',
  name: '学习记录',
  credentialSubject: { id: uuid(), type: ['ClrSubject'], verifiableCredential: [first, second] },
};
const signedRecord = await signed(record, proofKey);
const tampered = structuredClone(good);
tampered.credentialSubject.result[0].value = '优';
const tamperedRecord = structuredClone(signedRecord);
tamperedRecord.credentialSubject.verifiableCredential[1].credentialSubject.result[0].value = '优';
const goodToken = await token(badge(did), 'EdDSA');
const [header, , signature] = goodToken.split('.');
const forged = `${header}.${Buffer.from(JSON.stringify({ ...badge(did), iss: did })).toString('base64url')}.${signature}`;

const credentials = {
  'a badge of a did:web': ['valid', good],
  'a badge of a did:key': ['valid', await signed(badge(ownKey.controller), ownKey)],
  'one that may be revoked': ['valid', await signed(badge(did, status('revocation', 4712)), proofKey)],
  'one that was revoked': ['revoked', await signed(badge(did, status('revocation', 4711)), proofKey)],
  'one that was suspended': ['suspended', await signed(badge(did, status('suspension', 4711)), proofKey)],
  'one whose list is nowhere': ['unknown', await signed(badge(did, { credentialStatus: { ...status('revocation', 1).credentialStatus, statusListCredential: `${place}/status/none` } }), proofKey)],
  'one that is over': ['expired', await signed(badge(did, { validUntil: '2025-06-01T00:00:00Z' }), proofKey)],
  'one that is to come': ['not_yet_valid', await signed(badge(did, { validFrom: '2099-01-01T00:00:00Z' }), proofKey, new Date('2099-06-01T00:00:00Z'))],
  'an altered one': ['invalid', tampered],
  'a record': ['valid', signedRecord],
  'an altered record': ['invalid', tamperedRecord],
  'a token of EdDSA': ['valid', goodToken],
  'a token of ES256': ['valid', await token(badge(did), 'ES256')],
  'a token of RS256': ['valid', await token(badge(did), 'RS256')],
  'a token that is over': ['expired', await token(badge(did), 'ES256', { exp: 1735689600 })],
  'a token around other content': ['invalid', forged],
};
const envelope = { '@context': contexts[0], type: 'EnvelopedVerifiableCredential', id: `data:application/vc+jwt,${goodToken}` };
credentials['a token in an envelope'] = ['valid', envelope];
for (const known of Object.keys(carried ?? {})) delete documents[known];
console.log(JSON.stringify({ documents, credentials, didKey: ownKey.controller }));
