// What Lighthouse says of the main pages of a running bank: a measurement, and no test, for its figures are the machine's too.
//
//     npm install --prefix target/lighthouse lighthouse@13.5.0
//     node tests/browser/lighthouse.mjs http://127.0.0.1:8080 USERNAME PASSWORD
//
// The user is a learner. CREDIT_BANK_TEST_CHROMIUM names the browser (/usr/bin/chromium).
import { pathToFileURL } from "node:url";

const installed = (path) => import(pathToFileURL(`target/lighthouse/node_modules/${path}`).href);
const { default: lighthouse } = await installed("lighthouse/core/index.js");
const { launch } = await installed("chrome-launcher/dist/index.js");

const [address, username, password] = process.argv.slice(2);

async function signedIn() {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" };
  const body = new URLSearchParams({ username, password }).toString();
  const answer = await fetch(`${address}/sign-in`, { method: "POST", headers, body, redirect: "manual" });
  if (answer.status !== 303) throw new Error(`${username} cannot sign in: ${answer.status}`);
  return answer.headers.get("set-cookie").split(";")[0];
}

const Cookie = await signedIn();
const pages = [
  ...["/", "/sign-in", "/worth", "/catalogue", "/institutions", "/notices", "/verify"].map((path) => [path, {}]),
  ...["/", "/passbook", "/records", "/plan", "/claims", "/portfolio", "/me"].map((path) => [path, { Cookie }]),
];
const chrome = await launch({ chromePath: process.env.CREDIT_BANK_TEST_CHROMIUM ?? "/usr/bin/chromium", chromeFlags: ["--headless=new", "--no-sandbox"] });
console.log("page | signed in | performance | accessibility | best practices | bytes");
for (const [path, extraHeaders] of pages) {
  const options = { port: chrome.port, onlyCategories: ["performance", "accessibility", "best-practices"], extraHeaders, logLevel: "error" };
  const { lhr } = await lighthouse(address + path, options);
  const score = (category) => Math.round(lhr.categories[category].score * 100);
  const { numericValue: bytes } = lhr.audits["total-byte-weight"];
  console.log([path, extraHeaders.Cookie ? "yes" : "no", score("performance"), score("accessibility"), score("best-practices"), Math.round(bytes)].join(" | "));
}
await chrome.kill();
