// A browser that minds everything: what a page complains of, whether it is accessible in light and in dark, and whether it fits.
import { strict as assert } from "node:assert";
import { createHmac } from "node:crypto";
import { basename, join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

let checks = 0;

/** Where pictures of the pages are put for people to look at, if anywhere. */
const pictures = process.env.CREDIT_BANK_TEST_PICTURES;
let taken = 0;

/** How many things were looked at. */
export const looked = () => checks;

export async function start() {
  return chromium.launch({ executablePath: process.env.CREDIT_BANK_TEST_CHROMIUM, args: ["--no-sandbox"] });
}

export class Reader {
  /** Opens a browser of its own for somebody. */
  static async open(browser, { address, language, javaScript, width }) {
    const context = await browser.newContext({
      baseURL: address,
      locale: language,
      javaScriptEnabled: javaScript,
      viewport: { width, height: 800 },
      timezoneId: "America/New_York",
      // Colours that are under way from one to the other are neither.
      reducedMotion: "reduce",
    });
    const reader = new Reader();
    Object.assign(reader, { context, language, javaScript, width, complaints: [], looking: "" });
    reader.page = await context.newPage();
    reader.page.on("pageerror", (error) => reader.complaints.push(`${reader.looking}: ${error}`));
    reader.page.on("console", (message) => {
      // Refusals are answered with the status of a refusal, of which the browser makes an entry.
      const expected = message.text().includes("the server responded with a status of");
      if (message.type() === "error" && !expected) reader.complaints.push(`${reader.looking}: ${message.text()}`);
    });
    return reader;
  }

  say(chinese, english) {
    return this.language === "en" ? english : chinese;
  }

  async go(path) {
    await this.page.goto(path);
  }

  async press(name) {
    await this.page.getByRole("button", { name, exact: true }).click();
    await this.page.waitForLoadState();
  }

  async follow(name) {
    await this.page.getByRole("link", { name, exact: true }).first().click();
    await this.page.waitForLoadState();
  }

  async fill(label, text) {
    await this.page.getByLabel(label).fill(text);
  }

  path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  async text() {
    return this.page.locator("body").innerText();
  }

  /** Whether the page says it, whatever the case: the style sheet begins marks and labels with a capital. */
  async shows(text) {
    return (await this.text()).toLowerCase().includes(text.toLowerCase());
  }

  async sees(...texts) {
    const shown = await this.text();
    for (const text of texts) {
      checks += 1;
      assert.ok(shown.toLowerCase().includes(text.toLowerCase()), `${this.looking} ${this.path()} does not say "${text}": ${shown}`);
    }
  }

  /** Looks at the page as it is: in both colours, by the rules of axe, for its width, its language, and texts that are not filled in. */
  async look(name) {
    this.looking = `${name} ${this.language} ${this.width}`;
    const { page } = this;
    const lang = await page.locator("html").getAttribute("lang");
    assert.equal(lang, this.say("zh-CN", "en"), this.looking);
    const shown = await this.text();
    assert.ok(!shown.includes("{$") && !shown.includes("{ $"), `${this.looking}: ${shown}`);
    assert.equal(await page.locator("h1").count(), 1, `${this.looking}: one heading`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= this.width, `${this.looking} is ${wide} wide`);
    checks += 4;
    if (pictures) await this.picture(name);
    if (!this.javaScript) return;
    // Both colours at the one width, and one of them at the other: colours do not depend on it. What is no colour is looked at once.
    for (const colorScheme of this.width > 1000 ? ["light", "dark"] : ["dark"]) {
      await page.emulateMedia({ colorScheme });
      // Without frames in the page the older way does, which opens no further page to put the results together.
      const rules = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
      const again = colorScheme === "dark" && this.width > 1000;
      const { violations, passes } = await (again ? rules.withRules(["color-contrast", "link-in-text-block"]) : rules).analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`);
      assert.deepEqual(found, [], `${this.looking} in ${colorScheme}`);
      assert.ok(passes.length > (again ? 0 : 5), `${this.looking}: axe looked at nothing`);
      checks += 1;
    }
  }

  /** The whole page as somebody at a desk has it and as somebody with a phone. */
  async picture(name) {
    taken += 1;
    const script = basename(process.argv[1], ".mjs");
    const title = `${script}-${String(taken).padStart(3, "0")}-${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${this.language}`;
    for (const width of [360, 1280]) {
      await this.page.setViewportSize({ width, height: 800 });
      await this.page.screenshot({ path: join(pictures, `${title}-${width}.png`), fullPage: true });
    }
    await this.page.setViewportSize({ width: this.width, height: 800 });
  }

  async close() {
    assert.deepEqual(this.complaints, []);
    await this.context.close();
  }
}

/** The code that an authenticator shows (RFC 6238). */
export function code(secret, moment) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(moment / 30000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

export async function signIn(reader, username, password) {
  await reader.page.locator("#username").fill(username);
  await reader.page.locator("#password").fill(password);
  await reader.press(reader.say("登录", "Sign in"));
}

/** Signs in somebody with power over others' records, for which a browser wants a second factor. */
export async function signInStaff(reader, username, password) {
  await reader.go("/sign-in");
  await signIn(reader, username, password);
  await reader.go("/security/second-factor");
  const secret = await reader.page.locator(".secret").innerText();
  await reader.page.locator("#password").fill(password);
  await reader.page.locator("#code").fill(code(secret, Date.now()));
  await reader.press(reader.say("启用", "Set it up"));
  assert.equal(await reader.page.locator(".codes code").count(), 10);
}
