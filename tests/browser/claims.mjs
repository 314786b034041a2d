// A learner puts a conversion together, claims it with evidence, answers, is refused, reads the letter and appeals; declares an
// outcome; and takes a dispute back. What the school does comes by the API.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signIn, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const CERTIFICATE = "电工(四级/中级工)";
const PDF = { name: "证书.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n%%EOF\n") };

/** What one of the school does. */
async function step(claim, verb, token, body = {}) {
  const answer = await fetch(`${given.address}/api/v1/claims/${claim}/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, `${verb}: ${await answer.text()}`);
}

async function compose(reader) {
  const { page } = reader;
  await reader.look("claims, none");
  await reader.sees(reader.say("还没有申请", "There are no claims yet"));
  await reader.follow(reader.say("提出申请", "Make a claim"));
  await reader.look("what can be claimed");
  await reader.sees(reader.say("可换 7.00 学分", "brings 7.00 credits"), reader.say("没有这样的成果", "There are none"));
  await reader.follow(reader.say("电气自动化技术", "Electrical automation"));
  await reader.look("compose");
  await reader.sees("7.00", CERTIFICATE, "E101", reader.say("依据第六条", "by 第六条"));
  await page.locator("#wish-1").selectOption({ index: 2 });
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.look("compose, left out");
  await reader.sees("0.00", reader.say("少换 7.00 学分", "7.00 credits less"), reader.say("不能申请", "nothing to claim"));
  await page.locator("#wish-1").selectOption({ index: 1 });
  await page.locator("#enrolled_on").fill("2026-09-01");
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.sees("7.00", reader.say("没有减少", "cost no credit"));
  assert.equal(await page.locator("#enrolled_on").inputValue(), "2026-09-01");
  await reader.press(reader.say("采用这个方案", "Take this conversion"));
  await reader.look("submit");
  await reader.sees(reader.say("剩余 2.00 学分", "The remaining 2.00 credits"));
  const statement = "申请以证书转换 <b>核心课程";
  await page.locator("#statement").fill(statement);
  await page.locator("#file").setInputFiles({ ...PDF, buffer: Buffer.from("no certificate") });
  await reader.press(reader.say("提交申请", "Submit the claim"));
  await reader.look("submit, refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.equal(await page.locator("#statement").inputValue(), statement, "what was typed is kept");
  await page.locator("#file").setInputFiles(PDF);
  await reader.press(reader.say("提交申请", "Submit the claim"));
  await reader.look("claim, submitted");
  await reader.sees(reader.say("申请已提交", "Your claim is submitted"), statement, "证书.pdf", "9.00", reader.say("冻结中", "held"), reader.say("个工作日", "working days left"));
  return reader.path().match(/^\/claims\/([0-9a-f-]{36})/)[1];
}

async function decide(reader, claim) {
  const { page } = reader;
  const [one, two] = given.reviewers;
  await step(claim, "take", one);
  await step(claim, "ask-information", one, { reason: "请补充证书反面" });
  await reader.go(`/claims/${claim}`);
  await reader.look("claim, asked");
  await reader.sees("请补充证书反面");
  await page.locator("#reason").fill("反面见附件");
  await page.locator("#file").setInputFiles({ ...PDF, buffer: Buffer.from("%PDF-1.7\n% back\n%%EOF\n"), name: "反面.pdf" });
  await reader.press(reader.say("提交补充", "Send the answer"));
  await reader.look("claim, answered");
  await reader.sees(reader.say("补充已提交", "Your answer was sent"), "反面.pdf", "反面见附件");
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.look("claim, worked out again");
  await reader.sees(reader.say("与存档完全一致", "exactly what is kept"));
  const refuse = { verdict: "refuse", reason: "证书与记录不符" };
  for (const token of given.reviewers) await step(claim, "vote", token, refuse);
  await step(claim, "propose", two, refuse);
  await step(claim, "approve", given.approver);
  await reader.go(`/claims/${claim}`);
  await reader.look("claim, refused");
  await reader.follow(reader.say("查看结论书", "Read the decision"));
  await reader.look("letter");
  await reader.sees("证书与记录不符", reader.say("决定不准予", "refuses your claim"));
  const [download] = await Promise.all([page.waitForEvent("download"), reader.follow(reader.say("下载为文本", "Download as text"))]);
  assert.ok(readFileSync(await download.path(), "utf8").includes("证书与记录不符"));
  await page.locator("a[hreflang]").last().click();
  await reader.sees(reader.say("refuses your claim", "决定不准予"));
  await reader.follow(reader.say("返回这项申请", "Back to this claim"));
  await page.locator("#reason").evaluate((area) => area.removeAttribute("required"));
  await reader.press(reader.say("提出申诉", "Appeal"));
  await reader.look("appeal, refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await page.locator("#reason").fill("证书属实，请再核对");
  await reader.press(reader.say("提出申诉", "Appeal"));
  await reader.look("claim, appealed");
  await reader.sees(reader.say("申诉已提交", "Your appeal was sent"), reader.say("冻结中", "held"));
  await reader.press(reader.say("撤回申诉", "Withdraw the appeal"));
  await reader.look("claim, closed");
  await reader.sees(reader.say("没有占用学分", "holds no credit"));
}

async function declare(reader) {
  const { page } = reader;
  await reader.go("/claims/new");
  await reader.follow(reader.say("开始申报", "Begin"));
  await reader.look("declare, search");
  await page.locator("#q").fill("没有这样的");
  await reader.press(reader.say("查找", "Search"));
  await reader.sees(reader.say("目录中没有这样的成果", "no such outcome"));
  await page.locator("#q").fill("剪纸");
  await reader.press(reader.say("查找", "Search"));
  await reader.look("declare, found");
  await reader.follow("剪纸技艺");
  await reader.look("declare");
  await page.locator("#awarded_on").fill("2023-05-01");
  await page.locator("#certificate_number").fill("CRAFT-7");
  await page.locator("#statement").fill("市级非遗传承人");
  await reader.press(reader.say("提交申请", "Submit the claim"));
  await reader.look("declare, refused");
  assert.equal(await page.locator("#certificate_number").inputValue(), "CRAFT-7");
  await page.getByLabel("反面.pdf").check();
  await reader.press(reader.say("提交申请", "Submit the claim"));
  await reader.look("recognition, submitted");
  await reader.sees("剪纸技艺", "CRAFT-7", "市级非遗传承人");
  await page.locator("summary", { hasText: reader.say("我要撤回", "I want to withdraw it") }).click();
  await reader.press(reader.say("确认撤回", "Withdraw this claim"));
  await reader.look("claims");
  await reader.sees(reader.say("申请已撤回", "Your claim is withdrawn"), "剪纸技艺", reader.say("电气自动化技术", "Electrical automation"));
  await page.locator("#kind").selectOption("conversion");
  await reader.press(reader.say("查看", "Show"));
  assert.ok(!(await reader.text()).includes("剪纸技艺"));
  const [download] = await Promise.all([page.waitForEvent("download"), reader.follow(reader.say("下载为表格（CSV，最多 10000 行）", "Download as a table (CSV, at most 10,000 lines)"))]);
  assert.equal(readFileSync(await download.path(), "utf8").trim().split("\r\n").length, 2);
}

async function files(reader) {
  const { page } = reader;
  await reader.follow(reader.say("证明材料", "Evidence"));
  await reader.look("evidence");
  await reader.sees("证书.pdf", "反面.pdf", reader.say("不能删除", "in use"));
  await page.locator("#file").setInputFiles({ ...PDF, name: "成绩单.pdf", buffer: Buffer.from("%PDF-1.7\n% marks\n%%EOF\n") });
  await reader.press(reader.say("上传", "Upload"));
  await reader.sees(reader.say("文件已保存", "The file is kept"), "成绩单.pdf");
  await reader.press(reader.say("删除“成绩单.pdf”", "Remove “成绩单.pdf”"));
  await reader.look("evidence, removed");
  await reader.sees(reader.say("文件已删除", "The file is removed"));
}

async function disputes(reader) {
  await reader.go("/claims/disputes");
  await reader.look("disputes");
  await reader.sees(reader.say("没有。", "There are none."));
  await reader.follow(CERTIFICATE);
  await reader.look("dispute");
  await reader.sees("成绩应为 96 分", reader.say("应为：96", "should be: 96"));
  await reader.press(reader.say("撤回异议", "Withdraw the dispute"));
  await reader.look("dispute, withdrawn");
  await reader.sees(reader.say("异议已撤回", "Your dispute is withdrawn"));
}

const browser = await start();
for (const person of given.people) {
  const reader = await Reader.open(browser, { address: given.address, ...person });
  await reader.go("/claims");
  await signIn(reader, person.username, given.password);
  const claim = await compose(reader);
  await decide(reader, claim);
  await declare(reader);
  await files(reader);
  await disputes(reader);
  await reader.close();
}
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
