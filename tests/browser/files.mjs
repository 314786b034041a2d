// A registrar: drafts and publishes an achievement, publishes a programme, brings a file and has it deposited. And the public catalogue.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signInStaff, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));

async function publish(reader, desk) {
  const { page } = reader;
  await reader.go(`${desk}/catalogue`);
  await reader.look("desk catalogue");
  await reader.follow(reader.say("新建学习成果标准", "New achievement"));
  await page.locator("#code").fill("tr-care");
  await page.locator("#name_chinese").fill("养老护理技能提升培训");
  await page.locator("#name_english").fill("Care of the elderly");
  await page.locator("#kind").selectOption("training");
  await page.locator("#hours").fill("60");
  await page.locator("#valid_from").fill("2024-01-01");
  await page.locator("#occupation").fill("养老护理员");
  await reader.press(reader.say("保存草稿", "Keep the draft"));
  await reader.look("achievement refused");
  await reader.sees(reader.say("不适用于此类学习成果", "does not belong to this kind"));
  assert.equal(await page.locator("#occupation").inputValue(), "养老护理员", "what was typed is kept");
  assert.equal(await page.locator("#kind").inputValue(), "training", "and what was chosen");
  await page.locator("#occupation").fill("");
  await reader.press(reader.say("保存草稿", "Keep the draft"));
  await reader.look("draft");
  await reader.sees(reader.say("草稿已保存", "The draft is kept"));
  await reader.follow(reader.say("修改草稿", "Change the draft"));
  await reader.look("draft to be changed");
  await page.locator("#hours").fill("64");
  await reader.press(reader.say("保存草稿", "Keep the draft"));
  await reader.sees("64");
  await reader.press(reader.say("发布", "Publish"));
  await reader.look("published");
  await reader.sees(reader.say("已发布。", "Published."));
  await reader.follow(reader.say("起草新版本", "Draft the next version"));
  await reader.look("next version");
  await page.locator("#valid_from").fill("2026-01-01");
  await page.locator("#hours").fill("80");
  await reader.press(reader.say("保存草稿", "Keep the draft"));
  await reader.press(reader.say("发布", "Publish"));
  await reader.follow(reader.say("查看公开页面", "See the public page"));
  await reader.look("public achievement");
  await reader.follow(reader.say("与第 1 版比较", "Compare with version 1"));
  await reader.look("achievement compared");
  await reader.sees("64", "80");
}

async function teach(reader, desk) {
  const { page } = reader;
  await reader.go(`${desk}/catalogue/programmes`);
  await reader.look("desk programmes");
  await reader.follow(reader.say("发布专业", "Publish a programme"));
  await page.locator("#code").fill("care-2026");
  await page.locator("#name_zh").fill("智慧健康养老服务");
  await page.locator("#required_credit").fill("20");
  await page.locator("#effective_from").fill("2026-09-01");
  await page.locator("#buckets").fill("major, 专业课, 12\nelective, 选修课, 4, Electives");
  const courses = `C101, 老年护理, 3.5, major, ${reader.say("必修", "required")}, core`;
  await page.locator("#courses").fill(`${courses}\n\nC102, 康复训练, 2, nothing`);
  await reader.press(reader.say("发布专业", "Publish a programme"));
  await reader.look("programme refused");
  await reader.sees(reader.say("第 3 行", "Line 3"));
  await page.locator("#courses").fill(`${courses}\nC102, 康复训练, 2, elective`);
  await reader.press(reader.say("发布专业", "Publish a programme"));
  await reader.sees(reader.say("专业已发布", "The programme is published"));
  await reader.follow(reader.say("发布“智慧健康养老服务”的新版本", "Publish the next version of “智慧健康养老服务”"));
  await reader.look("programme form");
  assert.ok((await page.locator("#courses").inputValue()).includes("C102\t康复训练"), "the version before is filled in");
}

/** Waits until nothing more happens by itself. */
async function settled(reader) {
  for (let asked = 0; asked < 60 && (await reader.page.locator("[data-follow]").count()) > 0; asked += 1) {
    await reader.page.waitForTimeout(500);
    if (!reader.javaScript) await reader.page.reload();
  }
  await reader.page.waitForLoadState();
}

async function bring(reader, desk) {
  const { page } = reader;
  await reader.go(`${desk}/files`);
  await reader.look("files");
  const header = "证件类型,证件号码,姓名,班次,取得日期,学时";
  const rows = ["护照,E11111111,李强,CARE,2026-03-01,64", "护照,E22222222,张伟,tr-care,2026-02-30,64", "护照,E33333333,赵敏,tr-care,2026-03-01,64"];
  const content = [header, ...rows].join("\n");
  const send = async (name) => {
    await page.locator("#file").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
    await reader.press(reader.say("上传并试算", "Upload and try"));
    await settled(reader);
  };
  await send("培训 2026.csv");
  await reader.look("a file that cannot be read");
  await reader.sees(reader.say("无法读取", "cannot be read"));
  const address = new URL(page.url()).pathname;
  await reader.go(`${desk}/files/profile`);
  await reader.look("profile");
  await page.locator("#column-achievement_code").fill("班次");
  await page.locator("#codes").fill("CARE");
  await reader.press(reader.say("保存设置", "Save"));
  await reader.look("profile refused");
  assert.equal(await page.locator("#column-achievement_code").inputValue(), "班次", "what was typed is kept");
  await page.locator("#codes").fill("");
  await reader.press(reader.say("保存设置", "Save"));
  await reader.sees(reader.say("设置已保存", "Saved."));
  await reader.go(address);
  await reader.press(reader.say("重新试算", "Look through it again"));
  await settled(reader);
  await reader.look("looked through");
  await reader.sees("CARE", "2026-02-30", reader.say("没有这一天", "no such day"));
  await reader.go(`${desk}/files/profile?own=CARE&means=tr-care`);
  await reader.look("profile with a suggestion");
  await reader.press(reader.say("保存设置", "Save"));
  await reader.go(address);
  await reader.press(reader.say("重新试算", "Look through it again"));
  await settled(reader);
  await page.locator("#result").selectOption("refused");
  await reader.press(reader.say("查看", "Show"));
  await reader.sees(reader.say("第 3 行", "Row 3"));
  const link = reader.say("下载标注后的文件", "Download the file with remarks");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link, exact: true }).click()]);
  const annotated = readFileSync(await download.path(), "utf8");
  assert.ok(annotated.includes("处理结果"), annotated);
  await reader.press(reader.say("确认存入", "Confirm and deposit"));
  await settled(reader);
  await reader.look("deposited");
  await reader.sees(reader.say("已存入", "deposited"));
  await reader.go(`${desk}/files?status=done`);
  await reader.sees("培训 2026.csv");
  await reader.look("files that are done");
}

async function read(reader) {
  const { page } = reader;
  const first = async () => {
    await page.locator("main ol.timeline a").first().click();
    await page.waitForLoadState();
  };
  await reader.go("/catalogue");
  await reader.look("catalogue");
  await page.locator("#q").fill("养老");
  await reader.press(reader.say("查找", "Find"));
  await reader.sees(reader.say("养老护理技能提升培训", "Care of the elderly"));
  for (const part of ["programmes", "packs", "agreements", "pathways"]) {
    await reader.go(`/catalogue/${part}`);
    await reader.look(part);
  }
  await reader.go("/catalogue/programmes");
  await first();
  await reader.look("programme");
  await reader.go("/catalogue/packs");
  await first();
  await reader.look("pack");
  const pack = reader.path().split("/").pop();
  await reader.go(`/catalogue/packs/${pack}/diff?with=${pack}`);
  await reader.look("pack compared");
  await reader.go("/institutions?kind=vocational_college&status=approved");
  await reader.look("institutions");
  await first();
  await reader.look("institution");
  await reader.go("/catalogue?q=%25nothing");
  await reader.look("nothing found");
  await reader.sees(reader.say("没有符合条件", "Nothing fits"));
}

const browser = await start();
for (const person of given.people) {
  const reader = await Reader.open(browser, { address: given.address, ...person });
  const desk = `/desk/${person.school}`;
  await signInStaff(reader, person.username, given.password);
  await publish(reader, desk);
  await teach(reader, desk);
  await bring(reader, desk);
  await read(reader);
  await reader.close();
}
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
