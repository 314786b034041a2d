// Reads cases from standard input, and says of each what the implementations of others make of it: one line of JSON a verifier and
// case. `accepted` is that the credential is genuine, in its dates, and neither suspended nor revoked.
import { readFileSync } from 'node:fs';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { checkStatus, decodeList } from '@digitalbazaar/vc-bitstring-status-list';
import Ajv2019 from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import * as jose from 'jose';
import { loaderFor, published, replaceFetch, webAddress } from './documents.mjs';

const { documents, schemas, cases } = JSON.parse(readFileSync(0, 'utf8'));
const asked = [];
replaceFetch(documents, asked);
// What packages say about schemas that nobody published is of no interest here, and standard output is for the answers.
const say = console.log;
console.log = console.error = () => {};
const { verifyCredential } = await import('@digitalcredentials/verifier-core');
const documentLoader = loaderFor(documents);
const suite = new DataIntegrityProof({ cryptosuite });

/** What a record holds is verified one by one; so does everybody who believes it. */
const parts = (credential) => [credential, ...[credential.credentialSubject?.verifiableCredential ?? []].flat()];

async function byDigitalBazaar(credential) {
  for (const part of parts(credential)) {
    const status = part.credentialStatus ? { checkStatus } : {};
    const { verified, error, statusResult } = await vc.verifyCredential({ credential: part, suite, documentLoader, ...status });
    if (!verified) throw statusResult?.error ?? error ?? new Error('not verified');
    // That the list was read is `verified`; what it says stands beside it.
    const set = statusResult?.results?.find(({ status }) => status);
    if (set) throw new Error(`${set.credentialStatus.statusPurpose} is set`);
  }
}

async function byDigitalCredentials(credential) {
  for (const part of parts(credential)) {
    const { log, errors } = await verifyCredential({ credential: part, knownDIDRegistries: [] });
    if (errors?.length) throw new Error(errors.map(({ name, message }) => `${name}: ${message}`).join('; '));
    const says = (id) => log.find((step) => step.id === id);
    const steps = ['valid_signature', 'expiration', ...(part.credentialStatus ? ['revocation_status'] : [])];
    for (const id of steps) {
      if (says(id)?.valid !== true) throw new Error(`${id}: ${JSON.stringify(says(id))}`);
    }
  }
}

async function byAjv(credential) {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  addFormats(ajv);
  for (const part of parts(credential)) {
    const types = [part.type].flat();
    const schema = schemas[types.includes('ClrCredential') ? 'record' : 'badge'];
    if (schema && !ajv.validate(schema, part)) throw new Error(ajv.errorsText());
  }
}

async function byJose(token) {
  const { iss, issuer } = jose.decodeJwt(token);
  const did = iss ?? issuer?.id ?? issuer;
  const document = published(documents, webAddress(did), 'json');
  const { kid } = jose.decodeProtectedHeader(token);
  const method = document.verificationMethod.find((one) => one.id === kid);
  if (!document.assertionMethod.includes(kid) || !method?.publicKeyJwk) throw new Error(`${kid} is not a key with a JWK`);
  const algorithms = { OKP: 'EdDSA', EC: 'ES256', RSA: 'RS256' };
  const key = await jose.importJWK(method.publicKeyJwk, algorithms[method.publicKeyJwk.kty]);
  const { payload } = await jose.jwtVerify(token, key, { typ: 'vc+jwt' });
  const credential = payload.vc ?? payload;
  const now = new Date().toISOString();
  if (credential.validUntil && new Date(credential.validUntil).toISOString() < now) throw new Error('expired');
  if (credential.validFrom && new Date(credential.validFrom).toISOString() > now) throw new Error('not yet valid');
  for (const entry of [credential.credentialStatus ?? []].flat()) {
    const list = published(documents, entry.statusListCredential, 'jwt');
    const { payload: said } = await jose.jwtVerify(list, key);
    const subject = (said.vc ?? said).credentialSubject;
    const bits = await decodeList({ encodedList: subject.encodedList });
    if (bits.getStatus(Number(entry.statusListIndex))) throw new Error(`${entry.statusPurpose} is set`);
  }
  for (const held of [credential.credentialSubject?.verifiableCredential ?? []].flat()) {
    await (typeof held === 'string' ? byJose(held) : byDigitalBazaar(held));
  }
}

const verifiers = {
  ldp: { 'digitalbazaar/vc': byDigitalBazaar, 'digitalcredentials/verifier-core': byDigitalCredentials, ajv: byAjv },
  jwt: { jose: byJose },
};
for (const { name, form, credential, shape } of cases) {
  for (const [verifier, verify] of Object.entries(verifiers[form])) {
    // The schema is about the shape alone, whatever else is wrong.
    if (verifier === 'ajv' && shape === false) continue;
    let why = '';
    try {
      await verify(structuredClone(credential));
    } catch (error) {
      const causes = [error, error?.cause, ...(error?.errors ?? [])].filter(Boolean);
      why = causes.map((cause) => cause.message ?? String(cause)).join(' | ') || 'refused';
    }
    say(JSON.stringify({ verifier, case: name, accepted: why === '', why }));
  }
}
say(JSON.stringify({ verifier: 'network', case: 'asked', accepted: true, why: [...new Set(asked)].filter((address) => !documents[address]).join(' ') }));
