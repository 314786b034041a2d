// What a verifier may read while it verifies: what the bank published, as the test read it from the running program, and the
// contexts that the packages bring. Everything else fails, and is told, so that nothing is ever asked of the network.
import { securityLoader } from '@digitalcredentials/security-document-loader';

const packaged = securityLoader({ fetchRemoteContexts: false }).build();

/** The place of a document of did:web. */
export function webAddress(did) {
  const [host, ...path] = did.slice('did:web:'.length).split(':');
  const name = decodeURIComponent(host);
  return path.length ? `https://${name}/${path.join('/')}/did.json` : `https://${name}/.well-known/did.json`;
}

/** The published document at an address, in one of its forms. */
export function published(documents, address, form) {
  const found = documents[address]?.[form];
  if (found === undefined) throw new Error(`${address} is not published as ${form}`);
  return found;
}

/** A method of a document, as a document of its own. */
export function methodOf(document, id) {
  const method = document.verificationMethod.find((one) => one.id === id);
  if (!method) throw new Error(`${id} is not listed`);
  return { '@context': 'https://w3id.org/security/multikey/v1', ...method };
}

export function loaderFor(documents) {
  return async (address) => {
    const of = (document) => ({ contextUrl: null, documentUrl: address, document });
    if (address.startsWith('did:web:')) {
      const document = published(documents, webAddress(address.split('#')[0]), 'json');
      return of(address.includes('#') ? methodOf(document, address) : document);
    }
    if (documents[address]) return of(published(documents, address, 'json'));
    return packaged(address);
  };
}

/** Takes the place of the network for packages that ask it by themselves. */
export function replaceFetch(documents, asked) {
  globalThis.fetch = async (input) => {
    const address = String(input?.url ?? input);
    asked.push(address);
    const document = documents[address]?.json;
    if (document === undefined) return new Response('not published', { status: 404 });
    return new Response(JSON.stringify(document), { status: 200, headers: { 'content-type': 'application/json' } });
  };
}
