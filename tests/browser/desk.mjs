// A school's desk: the registrar deposits, corrects and lets systems in; the approver answers and applies; the bank looks at what waits.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signInStaff, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));

async function as(browser, run, name, doing) {
  const reader = await Reader.open(browser, { address: given.address, ...run });
  await signInStaff(reader, `${name}-${run.number}`, run.password);
  await doing(reader, run, `/desk/${run.school}`);
  await reader.close();
}

async function deposit(reader, run, desk) {
  await reader.go("/desk");
  assert.equal(reader.path(), desk, "the only desk is led to");
  await reader.look("desk");
  await reader.sees(reader.say("待答复的成果异议", "Disputes to answer"), reader.say("等待学分银行核实的成果", "Outcomes that the bank looks at"));
  await reader.follow(reader.say("存入一项成果", "Deposit an outcome"));
  await reader.look("choose");
  await reader.page.locator("#achievement_code").selectOption("occ-elec-4");
  await reader.press(reader.say("下一步", "Go on"));
  await reader.look("deposit");
  const { page } = reader;
  await page.locator("#document_kind").selectOption("passport");
  await page.locator("#document_number").fill(`E5555555${run.number}`);
  await page.locator("#name").fill("赵敏");
  await page.locator("#awarded_on").fill("2001-03-01");
  await page.locator("#certificate_number").fill(run.certificate);
  await page.locator("details summary").click();
  await page.locator("#hours").fill("many");
  await reader.press(reader.say("存入", "Deposit"));
  await reader.look("deposit refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.equal(await page.locator("#name").inputValue(), "赵敏", "what was typed is kept");
  assert.equal(await page.locator("#hours").inputValue(), "many");
  await page.locator("#hours").fill("160");
  await page.locator("#awarded_on").fill("2024-03-01");
  await reader.press(reader.say("存入", "Deposit"));
  await reader.look("deposited");
  await reader.sees("9.00", run.certificate, reader.say("并为该学习者开立了账户", "an account was opened"));
  await reader.go(`${desk}/outcomes`);
  await reader.look("outcomes");
  await page.locator("#certificate_number").fill(run.certificate);
  await reader.press(reader.say("查看", "Show"));
  await reader.sees("赵*");
  const [download] = await Promise.all([page.waitForEvent("download"), reader.follow(reader.say("下载为表格（CSV，最多 10000 行）", "Download as a table (CSV, at most 10,000 lines)"))]);
  assert.equal(readFileSync(await download.path(), "utf8").trim().split("\r\n").length, 2);
  await page.locator("#certificate_number").fill("NONE");
  await reader.press(reader.say("查看", "Show"));
  await reader.look("no such outcome");
  await reader.go(`${desk}/learners`);
  await reader.look("learners");
  await page.locator("#document_kind").selectOption("passport");
  await page.locator("#document_number").fill(`E5555555${run.number}`);
  await reader.press(reader.say("查找", "Find"));
  await reader.look("learner found");
  await reader.press(reader.say("发放领取码", "Hand out a code"));
  await reader.look("claim code");
  assert.ok(/^[0-9A-Z-]{14}$/.test(await page.locator(".secret").innerText()));
  await reader.go(`${desk}/mismatches`);
  await reader.look("no mismatches");
}

async function correct(reader, run, desk) {
  const { page } = reader;
  await reader.go(`${desk}/corrections`);
  await reader.look("no corrections");
  await reader.go(`${desk}/corrections/new`);
  await reader.look("withdraw many");
  await page.locator("#reason").fill("证书作废");
  await page.locator("#citation").fill("校发〔2026〕1号");
  await reader.press(reader.say("预览影响", "Show what follows"));
  await reader.look("withdraw none");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.go(`${desk}/disputes`);
  await reader.look("disputes");
  await reader.go(`${desk}/disputes/${run.request}`);
  await reader.look("dispute of a registrar");
  await reader.sees("成绩应为 96 分");
  await reader.follow(reader.say("更正或撤回此项成果", "Correct or withdraw this outcome"));
  await page.locator("input[name=kind][value=correct]").check();
  await page.locator("details summary").click();
  await reader.look("correct one");
  await page.locator("#score").fill("96");
  await page.locator("#reason").fill("成绩录入有误");
  await page.locator("#citation").fill("成绩复核单 2026-1");
  await reader.press(reader.say("预览影响", "Show what follows"));
  await reader.look("preview");
  await reader.sees("9.00", reader.say("须由另一人执行", "somebody else has to apply it"));
}

async function systems(reader, run, desk) {
  const { page } = reader;
  await reader.go(`${desk}/members`);
  await reader.look("members");
  await page.locator("input[name=who][value=known]").check();
  await page.locator("#known").fill("nobody-there");
  await page.locator("#roles input[value=reviewer]").check();
  await reader.press(reader.say("添加成员", "Add a member"));
  await reader.look("member refused");
  assert.ok(await page.locator("#roles input[value=reviewer]").isChecked(), "what was chosen is kept");
  await page.locator("#known").fill("stranger");
  await reader.press(reader.say("添加成员", "Add a member"));
  await reader.sees(run.number === 0 ? reader.say("成员已添加", "The member was added") : "stranger");
  await reader.go(`${desk}/clients`);
  await reader.look("clients");
  await page.locator("#name").fill(`教务系统 ${run.number}`);
  await page.locator("#scopes input[value='outcomes:write']").check();
  await reader.press(reader.say("建立账号", "Make the client"));
  await reader.look("client secret");
  await reader.follow(reader.say("已保存", "I have kept it"));
  await reader.look("a client");
  await reader.go(`${desk}/webhooks`);
  await reader.look("webhooks");
  await page.locator("#url").fill("ftp://here");
  await reader.press(reader.say("建立推送", "Make the webhook"));
  await reader.look("webhook refused");
  await page.locator("#url").fill("https://hooks.example.com/credit-bank");
  await reader.press(reader.say("建立推送", "Make the webhook"));
  await reader.look("webhook secret");
  await reader.follow(reader.say("已保存", "I have kept it"));
  await reader.press(reader.say("试推送一次", "Send a test"));
  await reader.look("webhook");
  await reader.sees("webhook.test");
  await reader.press(reader.say("暂停", "Pause"));
  await reader.sees(reader.say("已暂停", "Paused"));
}

async function approve(reader, run, desk) {
  const { page } = reader;
  await reader.go(`${desk}/disputes/${run.request}`);
  await reader.look("dispute");
  await page.locator("input[name=answer][value=accept]").check();
  await reader.press(reader.say("提交答复", "Send the answer"));
  await reader.look("dispute refused");
  await page.locator("#correction_id").selectOption({ index: 1 });
  await reader.press(reader.say("提交答复", "Send the answer"));
  await reader.sees(reader.say("已同意，待更正", "agreed, to be corrected"));
  await reader.follow(reader.say("查看更正", "See the correction"));
  await reader.look("correction to apply");
  await reader.press(reader.say("执行更正", "Apply the correction"));
  await reader.look("applied");
  await reader.sees(reader.say("更正已执行", "The correction is applied"));
  await reader.go(`${desk}/outcomes/${run.outcome}`);
  await reader.look("corrected outcome");
  await reader.go(`${desk}/cases`);
  await reader.look("no cases");
  await reader.go(`${desk}/confirmations`);
  await reader.look("confirmations");
  await reader.go(`${desk}/confirmations/${run.confirmation}`);
  await reader.look("confirmation");
  await page.locator("input[name=answer][value=decline]").check();
  await reader.press(reader.say("提交答复", "Send the answer"));
  await reader.look("confirmation refused");
  await page.locator("input[name=answer][value=confirm]").check();
  await reader.press(reader.say("提交答复", "Send the answer"));
  await reader.sees(reader.say("已证实", "Confirmed, and the learner is told"));
}

async function review(reader, run) {
  await reader.go("/office/outcomes");
  await reader.look("outcomes that wait");
  await reader.go(`/office/outcomes/${run.waiting}`);
  await reader.look("outcome that waits");
  await reader.page.locator("#reason").fill("已与发证机构核对");
  await reader.press(reader.say("予以认可", "Accept"));
  await reader.look("released");
  await reader.sees(reader.say("已认可，并认定了学分", "Accepted, and recognised"), "9.00");
}

const browser = await start();
try {
  for (const run of given.runs) {
    await as(browser, run, "registrar", async (...at) => {
      await deposit(...at);
      await correct(...at);
      await systems(...at);
    });
    await as(browser, run, "approver", approve);
    await as(browser, run, "officer", review);
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify({ looked: looked() }));
