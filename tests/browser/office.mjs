// Those who decide: a school's reviewer and approver, and the bank's officers, auditor and administrator.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signInStaff, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));

/** Opens what a step needs, if it is closed, and fills it in. */
async function step(reader, name, fields) {
  const { page } = reader;
  const details = page.locator("details.step", { has: page.locator(`form[action$="${name}"]`) });
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  const form = page.locator(`form[action$="${name}"]`);
  for (const [field, value] of Object.entries(fields)) {
    const input = form.locator(`[name="${field}"]`);
    if ((await input.first().getAttribute("type")) === "radio") await form.locator(`[name="${field}"][value="${value}"]`).check();
    else await input.fill(value);
  }
  await form.locator("button[type=submit]").click();
  await page.waitForLoadState();
}

async function as(browser, run, username, doing) {
  const reader = await Reader.open(browser, { address: given.address, ...run });
  await signInStaff(reader, `${username}-${run.number}`, run.password);
  await doing(reader);
  await reader.close();
}

async function review(reader, run) {
  await reader.go(`/desk/${run.school}/claims`);
  await reader.look("claims of the school");
  await reader.sees(reader.say("电气自动化技术", "Electrical automation"), reader.say("提出处理意见", "Propose a verdict"));
  await reader.go(`/desk/${run.school}/claims?kind=recognition&overdue=yes`);
  await reader.look("claims of the school, none");
  await reader.go(`/desk/${run.school}/claims/${run.conversion}`);
  await reader.look("claim of the school");
  await reader.sees("电工(四级/中级工)", "第六条", "E101", reader.say("赞成准予 2 票", "So far 2 to grant"));
  await step(reader, "/steps/propose", { verdict: "grant", reason: " " });
  await reader.look("proposal refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await step(reader, "/steps/propose", { verdict: "grant", reason: "证书经核验属实" });
  await reader.sees(reader.say("等待另一人批准", "somebody else has to approve it"));
  await reader.look("proposed");
}

async function register(reader, run) {
  await reader.go(`/desk/${run.school}/mismatches`);
  await reader.look("names that do not match");
  await reader.sees("王方");
  await reader.page.locator("textarea").first().fill(" ");
  await reader.page.locator("main .item form button").first().click();
  await reader.page.waitForLoadState();
  await reader.look("note refused");
  await reader.page.locator("#note").fill("姓名录入有误");
  await reader.page.locator("main .item form button").first().click();
  await reader.page.waitForLoadState();
  await reader.sees(reader.say("已核实", "It is settled"));
}

async function approve(reader, run) {
  await reader.go(`/desk/${run.school}/claims/${run.conversion}`);
  await step(reader, "/steps/approve", {});
  await reader.sees(reader.say("公示中", "on public notice"), reader.say("处理意见已批准", "The proposal is approved"));
}

async function propose(reader, run) {
  await reader.go("/office");
  await reader.look("office");
  await reader.go("/office/claims");
  await reader.look("claims of the bank");
  await reader.go(`/office/claims/${run.recognition}`);
  await reader.look("claim of the bank");
  await reader.sees(reader.say("剪纸技艺", "Paper cutting"));
  await step(reader, "/steps/propose", { verdict: "grant", reason: "成果突出", credit: "many" });
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.equal(await reader.page.locator("#credit").inputValue(), "many", "what was typed is kept");
  assert.equal(await reader.page.locator("#reason").inputValue(), "成果突出");
  await reader.look("proposal of the bank refused");
  await step(reader, "/steps/propose", { verdict: "grant", reason: "成果突出", credit: "2.00" });
  await reader.sees(reader.say("等待另一人批准", "somebody else has to approve it"));
  await reader.go("/office/merges/new");
  await reader.look("new merge");
  await reader.page.locator("#surviving").fill(run.surviving);
  await reader.page.locator("#absorbed").fill("1");
  await reader.page.locator("#reason").fill("护照换发");
  await reader.page.locator("#citation").fill("出入境证明");
  await reader.press(reader.say("提出合并", "Propose a merge"));
  await reader.look("merge refused");
  await reader.page.locator("#absorbed").fill(run.absorbed);
  await reader.press(reader.say("提出合并", "Propose a merge"));
  await reader.sees(reader.say("已提出合并", "The merge is proposed"), "9.00");
  await reader.look("merge proposed");
  run.merge = reader.path().split(/[/?]/)[3];
}

async function decide(reader, run) {
  await reader.go(`/office/claims/${run.recognition}`);
  await step(reader, "/steps/approve", {});
  await reader.sees(reader.say("处理意见已批准", "The proposal is approved"));
  await reader.go(`/office/merges/${run.merge}`);
  await step(reader, "/confirm", { reason: "户籍证明已核对" });
  await reader.sees(reader.say("已合并", "merged"));
  await reader.look("merged");
  await reader.go("/office/merges");
  await reader.look("merges");
  await reader.go("/office/duplicates");
  await reader.look("duplicates");
  await reader.go("/office/corrections");
  await reader.look("complaints");
  await reader.go("/office/corrections/cases");
  await reader.look("cases");
  await reader.go(`/office/corrections/${run.request}`);
  await reader.look("complaint");
  await reader.sees("成绩应为 96 分", "与成绩单一致", "没有看证书原件");
  await reader.page.locator("input[name=decision][value=overturn]").check();
  await reader.page.locator("#reason").fill("证书原件为 96 分");
  await reader.press(reader.say("作出决定", "Decide"));
  await reader.sees(reader.say("申诉已决定", "The complaint is decided"));
  await reader.go("/office/institutions?name=stranger");
  await reader.look("institutions");
  await reader.go(`/office/institutions/${run.otherSchool}`);
  await reader.look("institution");
  await step(reader, "/suspend", { reason: "整改" });
  await reader.sees(reader.say("已暂停", "suspended"));
  await step(reader, "/reinstate", { reason: "整改完毕" });
  await reader.sees(reader.say("已恢复", "Reinstated"));
  await reader.go("/office/institutions/new");
  await reader.look("new institution");
  await reader.go("/office/overdue");
  await reader.look("overdue");
}

async function audit(reader, run) {
  await reader.go(`/office/audit?subject=${run.recognition}`);
  await reader.look("audit");
  await reader.sees("approve", `officer-b-${run.number}`);
  await reader.page.locator("#subject").fill("x");
  await reader.press(reader.say("查看", "Show"));
  await reader.look("audit refused");
  assert.equal(await reader.page.locator("#subject").inputValue(), "x");
}

async function administer(reader, run) {
  await reader.go("/office/people");
  await reader.look("people");
  await reader.page.locator("input[name=bank_role][value=auditor]").check();
  await reader.page.locator("#username").fill(`new-${run.number}`);
  await reader.page.locator("#display_name").fill("陈老师");
  await reader.page.locator("#password").fill("123456789012");
  await reader.press(reader.say("添加", "Add"));
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.look("person refused");
  await reader.page.locator("#password").fill(run.password);
  await reader.press(reader.say("添加", "Add"));
  await reader.sees(`new-${run.number}`);
  await reader.go("/office/health");
  await reader.look("health");
  await reader.go("/office/calendar");
  await reader.look("calendar");
}

const browser = await start();
try {
  for (const run of given.runs) {
    await as(browser, run, "reviewer-a", (reader) => review(reader, run));
    await as(browser, run, "registrar-a", (reader) => register(reader, run));
    await as(browser, run, "approver-a", (reader) => approve(reader, run));
    await as(browser, run, "officer-a", (reader) => propose(reader, run));
    await as(browser, run, "officer-b", (reader) => decide(reader, run));
    await as(browser, run, "auditor", (reader) => audit(reader, run));
    await as(browser, run, "administrator", (reader) => administer(reader, run));
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify({ looked: looked() }));
