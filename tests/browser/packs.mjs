// A rule pack: begun from a template by a member, mended where the editor says so, tried, filed, and decided by an officer.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signIn, signInStaff, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));

async function begin(reader) {
  await reader.go(`/desk/${given.school}/packs`);
  await reader.look("packs");
  await reader.sees(reader.say("还没有规则", "There is no rule pack yet"));
  await reader.follow(reader.say("新建规则", "New rule pack"));
  await reader.look("new pack");
  await reader.page.locator("input[value=hunan-x-certificates]").check();
  await reader.page.locator("#code").fill("x-certificates");
  await reader.press(reader.say("开始编写", "Begin"));
  await reader.sees(reader.say("草稿已建立", "The draft is there"));
}

/** What is wrong stands beside the clause, and nothing that was typed is lost. */
async function mend(reader) {
  await reader.look("editor");
  const clause = reader.page.locator("#clauses-1");
  const typed = await clause.inputValue();
  await clause.fill(typed.replace('"targets": "many"', '"targets": "some"'));
  await reader.page.getByRole("button", { name: reader.say("保存草稿", "Save the draft") }).first().click();
  await reader.sees(reader.say("没有保存", "Nothing was saved"));
  await reader.look("editor refused");
  assert.ok((await clause.inputValue()).includes('"some"'), "what was typed is kept");
  assert.ok((await reader.page.locator("#clauses-1-wrong").innerText()).includes("targets"));
  await clause.fill(typed.replace('"targets": "many",', ""));
  await reader.page.getByRole("button", { name: reader.say("检查（不保存）", "Check without saving") }).first().click();
  await reader.sees(reader.say("必须写明一项成果只转换为一门课程", "must say whether one outcome goes to one course"));
  assert.ok((await reader.page.locator("#clauses-1-wrong").innerText()).includes("targets"));
  await clause.fill(typed);
  const rules = await reader.page.locator("[name=limits]").count();
  await reader.press(reader.say("添加限额", "Add a limit"));
  assert.equal(await reader.page.locator("[name=limits]").count(), rules + 1);
  await reader.page.locator(`button[value="remove:limits:${rules}"]`).click();
  assert.equal(await reader.page.locator("[name=limits]").count(), rules);
  await reader.page.getByRole("button", { name: reader.say("保存草稿", "Save the draft") }).first().click();
  await reader.sees(reader.say("草稿已保存", "The draft was saved"));
}

async function tryCases(reader, path) {
  await reader.go(`${path}/cases`);
  await reader.press(reader.say("运行全部案例", "Run all cases"));
  await reader.look("cases");
  await reader.sees(reader.say("符合", "Passes"));
  assert.equal(await reader.page.locator(".says.refused").count(), 0, "all cases pass");
  await reader.follow(reader.say("编辑案例", "Edit the cases"));
  await reader.look("editor of cases");
  const first = reader.page.locator("#cases-0");
  await first.fill((await first.inputValue()).replace(/"recognised": "[^"]*"/, '"recognised": "99"'));
  await reader.page.getByRole("button", { name: reader.say("保存并运行", "Save and run") }).first().click();
  await reader.sees(reader.say("应为 99.00", "expected 99.00"));
  await reader.look("cases that fail");
  await reader.go(path);
  await reader.press(reader.say("提交备案", "File it with the authority"));
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.go(`${path}/cases/edit`);
  const again = reader.page.locator("#cases-0");
  await again.fill((await again.inputValue()).replace('"recognised": "99.00"', '"recognised": "3"'));
  await reader.page.getByRole("button", { name: reader.say("保存并运行", "Save and run") }).first().click();
  assert.equal(await reader.page.locator(".says.refused").count(), 0, "all cases pass again");
}

async function simulate(reader, path) {
  await reader.go(`${path}/simulations`);
  await reader.look("simulations");
  await reader.press(reader.say("开始模拟", "Start the simulation"));
  for (let tries = 0; tries < 40; tries += 1) {
    if (await reader.shows(reader.say("已完成", "Done"))) break;
    await reader.page.waitForTimeout(250);
    await reader.page.reload();
  }
  await reader.sees(reader.say("总体变化", "The change in all"));
  await reader.look("simulation");
}

async function file(reader, path) {
  await reader.go(path);
  await reader.look("pack");
  await reader.press(reader.say("提交备案", "File it with the authority"));
  await reader.sees(reader.say("已提交备案", "It was filed"), reader.say("今天提交", "filed today"));
}

async function decide(reader, path, { accept }) {
  await reader.go("/office/filings");
  await reader.look("filings");
  await reader.page.locator(`a[href$="${path.split("/").at(-1)}"]`).click();
  await reader.look("filing");
  await reader.page.locator(`input[value=${accept ? "accept" : "return"}]`).check();
  await reader.page.locator("#reason").fill("符合上级文件");
  await reader.press(reader.say("提交决定", "Decide"));
  await reader.sees(accept ? reader.say("已接受备案", "It was accepted") : reader.say("已退回修改", "It was given back"));
  await reader.look("decided");
}

async function compare(reader, path) {
  await reader.go(`${path}/compare`);
  await reader.look("compare");
  await reader.sees(reader.say("逐项变化", "Field by field"), reader.say("删去", "Removed"));
}

const browser = await start();
const open = (language, javaScript, width) => Reader.open(browser, { address: given.address, language, javaScript, width });
const author = await open("zh-CN", true, 1280);
const officer = await open("zh-CN", true, 1280);
const recovery = {};
for (const [reader, username] of [[author, "registrar"], [officer, "officer"]]) {
  await signInStaff(reader, username, given.password);
  recovery[username] = await reader.page.locator(".codes code").first().innerText();
}
await begin(author);
const path = author.path().split("/edit")[0];
await mend(author);
await tryCases(author, path);
await simulate(author, path);
await file(author, path);
await decide(officer, path, { accept: true });

// The next version, on a phone, in English and without a script.
const onPhone = await open("en", false, 360);
const judge = await open("en", false, 360);
for (const [reader, username] of [[onPhone, "registrar"], [judge, "officer"]]) {
  await reader.go("/sign-in");
  await signIn(reader, username, given.password);
  await reader.page.locator("#code").fill(recovery[username]);
  await reader.press("Go on");
}
await onPhone.go(path);
await onPhone.press("Draft the next version");
const next = onPhone.path().split("/edit")[0];
await onPhone.look("editor");
const clause = onPhone.page.locator("#clauses-0");
await clause.fill((await clause.inputValue()).replace("Junior: required", "Junior certificates: all required"));
// Somebody else saves meanwhile: nothing is lost, and nothing is overwritten unseen.
await author.go(`${next}/edit`);
await author.page.locator("#title_en").fill("X certificates, second version");
await author.page.getByRole("button", { name: "保存草稿" }).first().click();
await onPhone.page.getByRole("button", { name: "Save the draft" }).first().click();
await onPhone.sees("somebody else saved edition 2");
await onPhone.look("editor stale");
assert.ok((await clause.inputValue()).includes("all required"), "what was typed is kept");
await onPhone.page.getByRole("button", { name: "Save mine over it" }).click();
await onPhone.sees("The draft was saved");
await compare(onPhone, next);
await onPhone.go(`${next}/cases?run=yes`);
await onPhone.look("cases");
await onPhone.go(`${next}/cases/edit`);
await onPhone.look("editor of cases");
await file(onPhone, next);
await decide(judge, next, { accept: false });
await onPhone.go(`${next}/simulations`);
await onPhone.look("simulations");
await onPhone.go(next);
await onPhone.sees("Given back to be mended", "符合上级文件");
await onPhone.page.locator("#sure").check();
await onPhone.press("Withdraw this version");
await onPhone.sees("It was withdrawn");
await onPhone.go(`/desk/${given.school}/packs`);
await onPhone.look("packs");
await judge.go("/office/packs");
await judge.look("packs of the bank");
for (const reader of [author, officer, onPhone, judge]) await reader.close();
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
