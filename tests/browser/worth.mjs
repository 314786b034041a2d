// Whoever has no log-in chooses outcomes and sees what they are worth; a learner plans with the own record and keeps the answer.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signIn, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const CERTIFICATE = "电工(四级/中级工)";

async function ask(reader) {
  const { page } = reader;
  await reader.go("/");
  await reader.follow(reader.say("能换多少", "What it is worth"));
  await reader.look("worth, nothing asked");
  await reader.sees(reader.say("还没有添加成果", "Nothing has been added yet"));
  await page.locator("#q").fill("没有这样的成果");
  await reader.press(reader.say("查找", "Find"));
  await reader.look("worth, nothing found");
  await reader.sees(reader.say("没有找到", "Nothing was found"));
  await page.locator("#q").fill("电工");
  await page.locator("#q").press("Enter");
  await page.waitForLoadState();
  await reader.look("worth, found");
  await reader.press(reader.say(`添加 ${CERTIFICATE}`, `Add ${CERTIFICATE}`));
  assert.ok(/^\/worth\?outcome=[0-9a-f-]{36}$/.test(reader.path()), reader.path());
  await reader.look("worth, one outcome");
  await reader.sees("9.00", "7.00", "E101", reader.say("依据第六条", "by 第六条"));
  await page.locator("#q").fill(reader.say("焊接", "weld"));
  await reader.press(reader.say("查找", "Find"));
  await reader.press(reader.say("添加 焊接技能提升培训", "Add Welding"));
  // What is typed beside an outcome is in the address, and stays.
  await page.locator("details:has(#hours-1) > summary").click();
  await page.locator("#hours-1").fill("many");
  await reader.press(reader.say("看看能换多少", "See what it is worth"));
  await reader.look("worth, refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  assert.equal(await page.locator("#hours-1").inputValue(), "many");
  await page.locator("#hours-1").fill("32");
  await page.getByRole("checkbox").first().check();
  await page.getByRole("checkbox").nth(1).check();
  await reader.press(reader.say("看看能换多少", "See what it is worth"));
  assert.ok(reader.path().includes("hours=32") && reader.path().split("programme=").length === 3, reader.path());
  await reader.look("worth, two outcomes at two programmes");
  await reader.sees("9.00", reader.say("尚未公布转换规则", "no conversion rules published yet"));
  assert.ok((await page.locator("#link").inputValue()).endsWith(reader.path()));
  await reader.press(reader.say(`移除 ${CERTIFICATE}`, `Remove ${CERTIFICATE}`));
  assert.ok(!reader.path().includes("&outcome="), reader.path());
}

async function plan(reader) {
  const { page } = reader;
  await reader.go("/plan");
  await signIn(reader, given.username, given.password);
  await reader.look("plan");
  await reader.sees("7.00", reader.say("电气自动化技术", "Electrical automation"), reader.say("贯通培养", "贯通培养"));
  await page.locator("#order").selectOption("nearest");
  await reader.press(reader.say("查看", "Show"));
  await page.locator(".timeline h3 a").first().click();
  await page.waitForLoadState();
  await reader.look("plan of a programme");
  await reader.sees("7.00", "E101", reader.say("依据第六条", "by 第六条"));
  await page.locator("#wish-1").selectOption("leave");
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.look("plan with a wish");
  await reader.sees(reader.say("少 7.00 学分", "bring 7.00 credits less"));
  await page.locator("#wish-1").selectOption("use");
  await page.locator("#course-1").fill("X999");
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.look("plan with a wish that is refused");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await reader.sees(reader.say("该专业没有课程 X999", "This programme has no course X999"));
  assert.equal(await page.locator("#course-1").inputValue(), "X999");
  assert.equal(await page.locator("label[for=course-1] .wrong").count(), 1);
  await page.locator("#course-1").fill("E102");
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.sees(reader.say("没有减少", "cost no credit"));
  await reader.follow(reader.say("看看学分相同的其他用法", "See other uses of the same value"));
  await reader.look("plan with other uses");
  await reader.press(reader.say("保存这个结果", "Keep this answer"));
  await reader.look("kept");
  await reader.sees(reader.say("结果已保存", "The answer was kept"), "E102", reader.say("必须用于课程 E102", "must go to the course E102"));
  const claim = await page.getByRole("link", { name: reader.say("据此提出转换申请", "Claim this conversion") }).getAttribute("href");
  assert.ok(/^\/claims\/new\?worth_id=[0-9a-f-]{36}$/.test(claim), claim);
  await reader.press(reader.say("重新计算", "Work it out again"));
  await reader.look("kept, worked out again");
  await reader.sees(reader.say("完全一致：7.00", "exactly what is kept: 7.00"));
  await reader.follow(reader.say("返回保存的结果", "Back to the kept answers"));
  await reader.look("kept answers");
  await page.locator(".rows a").first().click();
  await page.waitForLoadState();
  await reader.follow(reader.say("按今天的成果和规则再看", "See it with today's record and rules"));
  await reader.follow(reader.say("下一步学什么", "What to learn next"));
  await reader.look("what to learn next");
  await reader.sees(reader.say("焊接技能提升培训", "Welding"), "+2.00", "64.00", reader.say("实践课", "实践课"));
  await reader.go("/");
  await reader.look("learner home with what needs one");
  await reader.sees(reader.say("需要您处理", "What needs you"));
}

const browser = await start();
const ways = [
  { language: "zh-CN", javaScript: true, width: 1280 },
  { language: "en", javaScript: false, width: 360 },
];
for (const way of ways) {
  const reader = await Reader.open(browser, { address: given.address, ...way });
  await ask(reader);
  await plan(reader);
  await reader.close();
}
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
