// Somebody with power over others' records adds a passkey, signs in with it, is refused without showing who they are, and removes it.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Reader, looked, signIn, signInStaff, start } from "./pages.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const browser = await start();

/** Asks for a passkey, and waits for the page `then`: the script on the page sends the form when the authenticator has answered. */
async function add(reader, name, password, then) {
  await reader.page.locator("#name").fill(name);
  await reader.page.locator("#passkey-password").fill(password);
  await reader.page.getByRole("button", { name: reader.say("添加通行密钥", "Add a passkey"), exact: true }).click();
  await reader.page.waitForURL(then);
}

for (const [number, { username, password }] of given.people.entries()) {
  const language = number === 0 ? "zh-CN" : "en";
  const reader = await Reader.open(browser, { address: given.address, language, javaScript: true, width: number === 0 ? 1280 : 360 });
  await signInStaff(reader, username, password);
  const devices = await reader.context.newCDPSession(reader.page);
  await devices.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await devices.send("WebAuthn.addVirtualAuthenticator", { options });
  await reader.go("/security");
  await add(reader, "钥匙 <1>", "not the password", "**/security/passkeys");
  await reader.sees(reader.say("没有办成", "This was not done"));
  await add(reader, "钥匙 <1>", password, "**/security?done=passkey");
  await reader.look("a passkey was added");
  await reader.sees("钥匙 <1>", reader.say("已添加通行密钥", "The passkey was added"));

  await reader.press(reader.say("退出登录", "Sign out"));
  await signIn(reader, username, password);
  await reader.look("code or passkey");
  await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await reader.page.getByRole("button", { name: reader.say("使用通行密钥", "Use a passkey") }).click();
  await reader.page.getByRole("alert").waitFor({ state: "visible" });
  assert.equal(reader.path().split("?")[0], "/sign-in/code");
  await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await reader.page.getByRole("button", { name: reader.say("使用通行密钥", "Use a passkey") }).click();
  await reader.page.waitForURL(given.address + "/");
  await reader.sees(reader.say("账号安全", "Security"));

  await reader.go("/security");
  await reader.sees("钥匙 <1>");
  await reader.page.getByRole("button", { name: /钥匙/ }).click();
  await reader.page.waitForURL("**/security?done=passkey-removed");
  await reader.look("the passkey was removed");
  assert.ok(!(await reader.text()).includes("钥匙 <1>"), "it is gone");
  await reader.press(reader.say("退出登录", "Sign out"));
  await signIn(reader, username, password);
  assert.equal(await reader.page.getByRole("button", { name: reader.say("使用通行密钥", "Use a passkey") }).count(), 0);
  await reader.close();
}
await browser.close();
console.log(JSON.stringify({ looked: looked() }));
