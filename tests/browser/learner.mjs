// A learner: claims the account that a school opened, reads it, disputes a record, and secures the log-in.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, code, looked, signIn, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));

async function claim(reader, { account_number, claim_code, username, password }) {
  await reader.go("/");
  await reader.look("public home");
  await reader.follow(reader.say("领取账户", "Claim your account"));
  await reader.look("claim");
  await reader.fill(reader.say("账户号码", "Account number"), account_number);
  await reader.page.locator("#claim_code").fill("2222-2222-2222");
  await reader.page.locator("#username").fill(username);
  await reader.page.locator("#display_name").fill("王芳");
  await reader.page.locator("#password").fill(password);
  await reader.press(reader.say("领取账户", "Claim the account"));
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.look("claim refused");
  assert.equal(await reader.page.locator("#account_number").inputValue(), account_number, "what was typed is kept");
  assert.equal(await reader.page.locator("#password").inputValue(), "", "but for the password");
  await reader.page.locator("#claim_code").fill(claim_code);
  await reader.page.locator("#password").fill(password);
  await reader.press(reader.say("领取账户", "Claim the account"));
  await reader.sees(reader.say("账户已领取", "The account is yours"));
}

async function read(reader) {
  await reader.look("learner home");
  await reader.sees("王芳", "9.00");
  await reader.follow(reader.say("存折", "Passbook"));
  await reader.look("passbook");
  await reader.sees("电工(四级/中级工)", "9.00", reader.say("取得", "grant"));
  await reader.page.locator("#kind").selectOption("expire");
  await reader.press(reader.say("查看", "Show"));
  await reader.sees(reader.say("没有符合条件的流水", "There is no such movement"));
  await reader.page.locator("#kind").selectOption("grant");
  await reader.press(reader.say("查看", "Show"));
  const [download] = await Promise.all([reader.page.waitForEvent("download"), reader.follow(reader.say("下载为表格（CSV，最多 10000 行）", "Download as a table (CSV, at most 10,000 lines)"))]);
  const table = readFileSync(await download.path(), "utf8");
  assert.equal(table.trim().split("\r\n").length, 2, table);
  assert.ok(table.includes("电工(四级/中级工)") && table.includes(reader.say("数额", "Amount")), table);
  await reader.go("/passbook?as_of=2100-01-01");
  await reader.look("a day that has not come");
  await reader.sees(reader.say("截至日期不能晚于今天", "The day cannot be later than today"));
  await reader.go("/passbook?as_of=2020-01-01");
  await reader.sees("0.00");
  await reader.follow(reader.say("学习成果", "Records"));
  await reader.look("records");
  await reader.follow("电工(四级/中级工)");
  await reader.look("record");
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.look("worked out again");
  await reader.sees(reader.say("与存档完全一致", "exactly what is kept"));
  const back = await reader.page.locator("input[name=back]").getAttribute("value");
  assert.ok(/^\/records\/[0-9a-f-]{36}$/.test(back), `another language leads to ${back}`);
}

async function dispute(reader) {
  const reason = "成绩应为 96 分 <b>";
  await reader.page.getByLabel(reader.say("这不是我的成果", "It is not mine")).check();
  const field = reader.page.locator("#reason");
  await field.evaluate((area) => area.removeAttribute("required"));
  await reader.press(reader.say("提出异议", "Dispute it"));
  await reader.look("dispute refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.ok(await reader.page.getByLabel(reader.say("这不是我的成果", "It is not mine")).isChecked(), "the choice is kept");
  await field.fill(reason);
  await reader.press(reader.say("提出异议", "Dispute it"));
  await reader.look("disputed");
  await reader.sees(reader.say("异议已提交", "Your dispute was sent"), reader.say("有异议待答复", "disputed, not answered yet"));
}

async function secure(reader, { username, password }) {
  await reader.follow(reader.say("账号安全", "Security"));
  await reader.look("security");
  await reader.sees(reader.say("本次登录", "this one"));
  await reader.follow(reader.say("启用两步验证", "Set up a second factor"));
  await reader.look("second factor");
  const secret = await reader.page.locator(".secret").innerText();
  await reader.page.locator("#password").fill(password);
  await reader.page.locator("#code").fill("000000");
  await reader.press(reader.say("启用", "Set it up"));
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.equal(await reader.page.locator(".secret").innerText(), secret, "the key stays the same");
  await reader.page.locator("#password").fill(password);
  await reader.page.locator("#code").fill(code(secret, Date.now()));
  await reader.press(reader.say("启用", "Set it up"));
  await reader.look("recovery codes");
  const codes = await reader.page.locator(".codes code").allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  await reader.follow(reader.say("我已保存", "I have kept them"));
  await reader.look("security with a second factor");
  await reader.press(reader.say("退出登录", "Sign out"));
  await reader.sees(reader.say("您已退出登录", "You have signed out"));
  await reader.go("/passbook");
  assert.equal(reader.path(), "/sign-in?next=%2Fpassbook");
  await signIn(reader, username, "not the password");
  await reader.look("sign-in refused");
  assert.equal(await reader.page.locator("#username").inputValue(), username);
  await signIn(reader, username, password);
  await reader.look("code");
  await reader.go("/passbook");
  assert.ok(reader.path().startsWith("/sign-in"), "nobody is in before the code");
  await signIn(reader, username, password);
  await reader.page.locator("#code").fill("000000");
  await reader.press(reader.say("继续", "Go on"));
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.page.locator("#code").fill(codes[0].toLowerCase());
  await reader.press(reader.say("继续", "Go on"));
  await reader.sees(reader.say("存折", "Passbook"));
}

/** Nothing but the keyboard. */
async function keyboard(browser, given) {
  const reader = await Reader.open(browser, { ...given, language: "zh-CN", javaScript: true, width: 1280 });
  const { page } = reader;
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  await reader.go("/sign-in");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "跳到正文");
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "main");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "username");
  await page.keyboard.type(given.keyboard.username);
  await page.keyboard.press("Tab");
  await page.keyboard.type(given.keyboard.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/");
  await reader.sees("存折");
  for (let place = 0; place < 20 && (await focused()) !== "打开存折"; place += 1) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid", `the focus is seen on ${await focused()}`);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL("**/passbook");
  await reader.close();
}

/** Two presses at once do one thing. */
async function twice(browser, given) {
  const reader = await Reader.open(browser, { ...given, language: "en", javaScript: false, width: 1280 });
  await reader.go("/sign-in?next=/records");
  await signIn(reader, given.keyboard.username, given.keyboard.password);
  await reader.follow("电工(四级/中级工)");
  const form = await reader.page.locator("form[action$=dispute]").evaluate((form) => Object.fromEntries(new FormData(form)));
  const action = reader.path() + "/dispute";
  const send = (changed) => reader.context.request.post(action, { form: { ...form, reason: "wrong", ...changed }, headers: { Origin: given.address }, maxRedirects: 0 });
  const answers = await Promise.all([send({}), send({})]);
  assert.deepEqual(answers.map((answer) => answer.status()), [303, 303]);
  assert.equal((await send({ form_token: "another" })).status(), 403, "a form that is not of this browser");
  const stranger = await reader.context.request.post(action, { form, headers: { Origin: "https://evil.example" }, maxRedirects: 0 });
  assert.equal(stranger.status(), 403, "a form that comes from elsewhere");
  await reader.close();
}

const browser = await start();
for (const person of given.people) {
  const reader = await Reader.open(browser, { address: given.address, ...person });
  await claim(reader, person);
  await signIn(reader, person.username, person.password);
  await read(reader);
  await dispute(reader);
  await secure(reader, person);
  await reader.press(reader.say("English", "中文"));
  reader.language = reader.say("en", "zh-CN");
  await reader.look("in the other language");
  await reader.close();
}
await keyboard(browser, given);
await twice(browser, given);
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
