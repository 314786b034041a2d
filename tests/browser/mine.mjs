// A learner looks after what is theirs, takes everything along and in again, verifies a credential, and objects to a notice.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signIn, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));

async function verify(reader) {
  await reader.go("/verify");
  await reader.look("verify");
  const submit = reader.say("核验", "Verify");
  await reader.page.locator("#credential").fill("nonsense");
  await reader.press(submit);
  await reader.look("verify refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.equal(await reader.page.locator("#credential").inputValue(), "nonsense", "what was typed is kept");
  await reader.page.locator("#credential").fill("");
  await reader.page.locator("#file").setInputFiles({ name: "badge.json", mimeType: "application/json", buffer: Buffer.from(given.badge) });
  await reader.press(submit);
  await reader.look("verified");
  await reader.sees(reader.say("有效", "Valid"), reader.say("签发者身份", "Who the issuer is"));
  await reader.page.locator("#credential").fill(given.badge.replace('"name"', '"nick"'));
  await reader.press(submit);
  await reader.look("not genuine");
  await reader.sees(reader.say("不真实", "Not genuine"));
}

async function news(reader) {
  await reader.go("/me");
  await reader.look("mine");
  await reader.follow(reader.say("消息", "Notifications"));
  await reader.look("notifications");
  await reader.sees(reader.say("条未读消息", "unread."));
  await reader.press(reader.say("全部标为已读", "Mark all as read"));
  await reader.look("notifications read");
  await reader.sees(reader.say("没有未读消息", "Nothing is unread"));
  await reader.page.locator("#show").selectOption("unread");
  await reader.press(reader.say("查看", "Show"));
  await reader.look("nothing unread");
  await reader.follow(reader.say("设置邮件提醒", "Reminders by mail"));
  await reader.look("mail");
  await reader.page.getByLabel(reader.say("有人查阅", "Looks at the record")).check();
  await reader.press(reader.say("保存", "Save"));
  await reader.look("mail saved");
  assert.ok(await reader.page.getByLabel(reader.say("有人查阅", "Looks at the record")).isChecked());
}

async function person(reader) {
  await reader.go("/profile");
  await reader.look("profile");
  await reader.sees("E98", "王芳");
  await reader.go("/profile/looks");
  await reader.look("looks");
  await reader.sees(reader.say("谁看过我的记录", "Who looked at my record"));
  await reader.go("/consents");
  await reader.look("consents");
  await reader.sees(reader.say("依规定可以看到的", "What is seen without your consent"), reader.say("不能撤回", "It cannot be withdrawn"));
}

async function archive(reader) {
  await reader.go("/archive");
  await reader.look("archive");
  const { page } = reader;
  const [table] = await Promise.all([page.waitForEvent("download"), reader.follow(reader.say("表格（CSV）", "Table (CSV)"))]);
  assert.ok(readFileSync(await table.path(), "utf8").includes("电工"));
  const make = page.getByRole("button", { name: reader.say("制作并下载", "Make it and download it") });
  const [whole] = await Promise.all([page.waitForEvent("download"), make.click()]);
  await reader.go("/archive");
  await page.locator("#archive").setInputFiles({ name: "record.zip", mimeType: "application/zip", buffer: readFileSync(await whole.path()) });
  await reader.press(reader.say("收存档案", "Take the archive in"));
  await reader.look("archive taken in");
  await reader.sees(reader.say("档案已收存", "The archive is taken in"), reader.say("重新计算无误", "all comes out as written"));
  await reader.go("/archive");
  await page.locator("#archive").setInputFiles({ name: "record.zip", mimeType: "application/zip", buffer: Buffer.from("nonsense") });
  await reader.press(reader.say("收存档案", "Take the archive in"));
  await reader.look("archive refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await page.locator("#credential").fill(given.badge);
  await reader.press(reader.say("收存凭证", "Take the credential in"));
  await reader.look("credential taken in");
  await reader.sees(reader.say("凭证已收存", "The credential is taken in"));
  await reader.press(reader.say("重新核验", "Verify it again"));
  await reader.sees(reader.say("已重新核验", "Verified again"));
  await reader.press(reader.say("删除", "Remove it"));
  await reader.look("credential removed");
  await reader.sees(reader.say("已删除", "Removed"));
}

async function object(reader, { username, password }) {
  await reader.go("/notices");
  await reader.look("notices");
  await reader.follow(reader.say("王*的转换申请", "Conversion for 王*"));
  await reader.look("notice");
  await reader.follow(reader.say("登录后提出异议", "Sign in to object"));
  await signIn(reader, username, password);
  await reader.look("notice signed in");
  const reason = reader.page.locator("#reason");
  await reason.evaluate((area) => area.removeAttribute("required"));
  await reader.press(reader.say("提交异议", "Send the objection"));
  await reader.look("objection refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reason.fill("该证书系他人所有 <b>");
  await reader.press(reader.say("提交异议", "Send the objection"));
  await reader.look("objected");
  await reader.sees(reader.say("异议已提交", "Your objection was sent"), "该证书系他人所有 <b>", reader.say("等待答复", "not answered yet"));
  await reader.go("/notices/mine");
  await reader.look("own objections");
  await reader.sees(reader.say("王*的转换申请", "Conversion for 王*"));
}

const browser = await start();
for (const one of given.people) {
  const reader = await Reader.open(browser, { address: given.address, ...one });
  await verify(reader);
  await object(reader, one);
  await news(reader);
  await person(reader);
  await archive(reader);
  await reader.close();
}
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
