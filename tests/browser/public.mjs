// Whoever has no log-in: every public page, in both languages, with and without JavaScript, on a desk and on a phone.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const browser = await start();
for (const language of ["zh-CN", "en"]) {
  for (const javaScript of [true, false]) {
    for (const width of [1280, 360]) {
      const reader = await Reader.open(browser, { address: given.address, language, javaScript, width });
      // The table of codes is long: its rules are looked at once.
      const table = javaScript && width === 360 && language === "en" ? ["/docs/problems"] : [];
      for (const path of [...table, "/", "/sign-in", "/sign-in/code", "/claim-account", "/setup?token=x", "/check/20260000000000000129", "/s/NOWHERE", "/nowhere"]) {
        await reader.go(path);
        await reader.look(path);
      }
      await reader.sees(reader.say("没有这个地址", "There is nothing at this address"), reader.say("请求编号", "Number of the request"));
      await reader.go("/");
      await reader.page.locator("#code").fill("2026 0000 0000 0000 0129");
      await reader.press(reader.say("核验", "Check"));
      assert.equal(reader.path(), "/check/20260000000000000129");
      await reader.sees(reader.say("没有这个编号", "There is no such number"));
      // A picture of a code, as somebody without a camera at hand has it.
      const picture = async (of) => {
        await reader.go("/verify");
        await reader.page.locator("#file").setInputFiles({ name: "code.png", mimeType: "image/png", buffer: Buffer.from(of, "base64") });
        await reader.press(reader.say("核验", "Verify"));
      };
      await picture(given.own);
      assert.equal(reader.path(), "/check/20260000000000000198");
      await picture(given.foreign);
      await reader.look("a foreign code");
      await reader.sees("https://evil.example/<b>", reader.say("没有指向本行可以核验的内容", "leads to nothing that this bank checks"));
      for (const path of ["/passbook", "/records", "/security", "/security/second-factor"]) {
        await reader.go(path);
        assert.equal(reader.path(), `/sign-in?next=${encodeURIComponent(path)}`);
      }
      await reader.close();
    }
  }
}
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
