// A learner keeps a portfolio: writes an entry with a file and asks a school to confirm it, makes a view and a link to it, sees who looked,
// has a certificate issued, and takes a credential along.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signIn, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const pdf = Buffer.from("%PDF-1.7\n%%EOF\n");

async function write(reader) {
  await reader.go("/portfolio");
  await reader.look("portfolio");
  await reader.sees("电工(四级/中级工)", reader.say("机构", "Valid"));
  await reader.follow(reader.say("填写一条经历", "Add an entry of your own"));
  await reader.look("new entry");
  await reader.page.locator("#kind").selectOption("work");
  await reader.page.locator("#title").fill("车间电工");
  await reader.page.locator("#from").fill("2024-02-01");
  await reader.page.locator("#to").fill("2023-01-01");
  await reader.page.locator("#skills").fill("焊接、排障");
  await reader.page.locator("#links").fill("http://example.com/ 作品");
  await reader.press(reader.say("保存", "Save"));
  await reader.look("entry refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.equal(await reader.page.locator("#skills").inputValue(), "焊接、排障", "what was typed is kept");
  await reader.page.locator("#to").fill("");
  await reader.page.locator("#links").fill("https://example.com/ 作品");
  await reader.press(reader.say("保存", "Save"));
  await reader.look("entry");
  await reader.sees("车间电工", "焊接", reader.say("未经核实", "not confirmed"));
  await reader.page.locator("#file").setInputFiles({ name: "proof.txt", mimeType: "text/plain", buffer: Buffer.from("nothing") });
  await reader.press(reader.say("上传并添加", "Upload and add"));
  await reader.look("file refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.page.locator("#file").setInputFiles({ name: "作品.pdf", mimeType: "application/pdf", buffer: pdf });
  await reader.press(reader.say("上传并添加", "Upload and add"));
  await reader.look("file added");
  const [download] = await Promise.all([reader.page.waitForEvent("download"), reader.page.getByRole("link", { name: "作品.pdf" }).click()]);
  assert.deepEqual(readFileSync(await download.path()), pdf);
  await reader.follow(reader.say("请机构核实", "Ask an institution to confirm it"));
  await reader.look("ask");
  await reader.page.locator("#name").fill("registrar");
  await reader.press(reader.say("查找", "Find"));
  await reader.page.locator("#note").fill("2024 年在贵校实训");
  await reader.press(reader.say("提交", "Ask"));
  await reader.look("asked");
  await reader.sees("registrar 学校", reader.say("等待答复", "Not answered yet"));
  await reader.page.getByRole("link", { name: reader.say("撤回核实", "Take the request back") }).click();
  await reader.look("sure to withdraw");
  await reader.press(reader.say("撤回核实", "Take the request back"));
  await reader.sees(reader.say("您已撤回", "You took it back"));
}

async function place(reader) {
  await reader.go("/portfolio?group=kind");
  await reader.look("portfolio by kind");
  await reader.page.locator("#item-" + (await reader.page.locator(".item").last().getAttribute("id")).slice(5)).getByRole("link", { name: reader.say("调整位置", "Change its place") }).click();
  await reader.look("place");
  await reader.page.locator("#place").fill("1");
  await reader.press(reader.say("保存", "Save"));
  await reader.sees(reader.say("置顶第 1 位", "Placed as number 1"));
  await reader.page.locator(".item").first().getByRole("button").click();
  await reader.page.waitForLoadState();
  await reader.sees(reader.say("已隐藏", "Hidden"));
  await reader.page.locator(".item").first().getByRole("button").click();
  await reader.page.waitForLoadState();
  await reader.go("/portfolio?kind=award");
  await reader.look("nothing found");
  await reader.sees(reader.say("没有符合条件的内容", "Nothing fits"));
}

async function share(reader, browser) {
  await reader.go("/views");
  await reader.look("no views");
  await reader.follow(reader.say("用人单位", "Employer"));
  await reader.look("new view");
  await reader.page.locator("#name").fill("应聘");
  await reader.page.locator("#title").fill("技能与经历");
  await reader.press(reader.say("保存并预览", "Save and preview"));
  await reader.look("preview");
  await reader.sees("王芳", "技能与经历", "车间电工");
  assert.ok(!(await reader.text()).includes(reader.say("成绩", "Score")), "an employer sees no score");
  await reader.follow(reader.say("修改内容", "Change what is shown"));
  await reader.look("view");
  await reader.page.getByLabel(reader.say("成绩和等第", "Score and grade")).check();
  await reader.press(reader.say("保存并预览", "Save and preview"));
  await reader.sees(reader.say("成绩", "Score"), "86");
  const seen = await reader.page.locator("article").allInnerTexts();
  await reader.follow(reader.say("生成分享链接", "Make a link"));
  await reader.look("new link");
  await reader.page.locator("#recipient").fill("人事科");
  await reader.page.locator("#pin").fill("12");
  await reader.page.locator("#pin").evaluate((field) => field.removeAttribute("pattern"));
  await reader.press(reader.say("生成链接", "Make the link"));
  await reader.look("link refused");
  assert.equal(await reader.page.locator("#recipient").inputValue(), "人事科");
  assert.equal(await reader.page.locator("#pin").inputValue(), "", "a PIN is not shown again");
  await reader.page.locator("#pin").fill("482913");
  await reader.press(reader.say("生成链接", "Make the link"));
  await reader.look("link");
  await reader.sees("人事科", reader.say("还没有人打开过", "Nobody has opened it yet"));
  const at = reader.path().split("?")[0];
  const address = new URL(await reader.page.locator("#url").inputValue());
  const stranger = await Reader.open(browser, { address: given.address, language: reader.language, javaScript: false, width: 360 });
  await stranger.go(address.pathname);
  await stranger.page.locator("#pin").fill("482913");
  await stranger.press(stranger.say("打开", "Open"));
  assert.deepEqual(await stranger.page.locator("article h2").allInnerTexts(), seen.map((text) => text.split("\n").filter(Boolean)[1]), "what was previewed");
  await stranger.close();
  await reader.go(at);
  await reader.look("who looked");
  await reader.sees(reader.say("已看 1 次", "One look"), reader.say("Chrome 浏览器", "Chrome"));
  await reader.follow(reader.say("停用链接", "Turn the link off"));
  await reader.look("sure to turn off");
  await reader.press(reader.say("停用链接", "Turn the link off"));
  await reader.look("link off");
  await reader.sees(reader.say("已停用", "Turned off"));
  await reader.go("/shares");
  await reader.look("links");
}

/** Looks again until it is made, as somebody would. */
async function waited(reader, until) {
  for (let times = 0; times < 300 && !(await reader.shows(until)); times += 1) {
    await reader.page.waitForTimeout(100);
    await reader.page.reload();
  }
  await reader.sees(until);
}

async function papers(reader) {
  await reader.go("/statements");
  await reader.look("no papers");
  await reader.go("/records");
  await reader.follow("电工(四级/中级工)");
  await reader.follow(reader.say("出具证书", "Have a certificate issued"));
  await reader.look("new paper");
  await reader.press(reader.say("出具", "Issue"));
  await reader.look("paper");
  await waited(reader, reader.say("可以下载", "Ready"));
  await reader.look("paper made");
  const [download] = await Promise.all([reader.page.waitForEvent("download"), reader.page.locator("a[href$='/pdf']").click()]);
  assert.ok(readFileSync(await download.path()).subarray(0, 5).equals(Buffer.from("%PDF-")));
  await reader.follow(reader.say("收回这份证明", "Take this paper back"));
  await reader.look("sure to take back");
  await reader.press(reader.say("收回这份证明", "Take this paper back"));
  await reader.sees(reader.say("已收回", "Taken back"));
  await reader.go("/statements");
  await reader.look("papers");
}

async function credentials(reader) {
  await reader.go("/credentials/new");
  await reader.look("new credential");
  await reader.page.getByLabel(reader.say("下面选出的成果", "The outcomes chosen below")).check();
  await reader.press(reader.say("申请", "Ask for it"));
  await reader.look("credential refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.page.getByLabel("电工(四级/中级工)").check();
  await reader.press(reader.say("申请", "Ask for it"));
  await reader.look("credential");
  await waited(reader, reader.say("存进电子钱包", "Put it into a wallet"));
  await reader.follow(reader.say("存进电子钱包", "Put it into a wallet"));
  await reader.look("wallet");
  await reader.press(reader.say("显示二维码和领取码", "Show the QR code"));
  await reader.look("offer");
  assert.match(await reader.page.locator("#tx-code").innerText(), /^[0-9]{6}$/);
  await reader.go("/credentials");
  await reader.look("credentials");
  await reader.page.locator(".rows a").first().click();
  const [download] = await Promise.all([reader.page.waitForEvent("download"), reader.follow(reader.say("下载文件", "Download the file"))]);
  assert.ok(JSON.parse(readFileSync(await download.path(), "utf8")).proof);
  await reader.follow(reader.say("放弃这份凭证", "Give this credential up"));
  await reader.look("sure to give up");
  await reader.press(reader.say("放弃这份凭证", "Give this credential up"));
  await reader.sees(reader.say("副本都已作废", "copies of it count no more"));
}

const browser = await start();
for (const person of given.people) {
  const reader = await Reader.open(browser, { address: given.address, ...person });
  await reader.go("/sign-in");
  await signIn(reader, person.username, person.password);
  await write(reader);
  await place(reader);
  await share(reader, browser);
  await papers(reader);
  await credentials(reader);
  await reader.close();
}
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
