// Runs the examples of clients/node as a user would, against a set of its own, and reads what they print.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { EXIT_SANDBOX, SekishoSet } from "./set.mjs";

const CLIENT = fileURLToPath(new URL("../../../clients/node/", import.meta.url));
const SKIPPED = 77;
const NUMBER = "123456789018";
const ACCOUNTS = [
  { name: "reception", role: "REC", password: "Ferry-Lantern-41" },
  { name: "reviewer", role: "REV", password: "Orchard-Bridge-57" },
  { name: "approver", role: "APR", password: "Harbour-Compass-68" },
];

function skip(reason) {
  console.log(`skipped: ${reason}`);
  process.exit(SKIPPED);
}

/** An example's exit code and everything it printed. */
function runExample(options, input, script = "example.mjs") {
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [script, ...words], { cwd: CLIENT });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  child.stdin.end(input);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

async function theMainJob(options) {
  const { code, output } = await runExample(options, `${NUMBER}\n`);
  assert.equal(code, 0, output);
  const reference = /^enroll: DONE \(DONE\) reference ([0-9a-f]{32}), ledger leaf 0$/m.exec(output)?.[1];
  assert.ok(reference, output);
  assert.match(output, new RegExp(`^lookup: FOUND \\(FOUND\\) reference ${reference}, ledger leaf 1$`, "m"));
  assert.match(output, /^match: MATCHED \(MATCHED\) .* ledger leaf 2$/m);
  assert.equal(output.match(/^logout: OK$/gm).length, 2);
  assert.ok(!output.includes(NUMBER));
}

async function aDuplicate(options) {
  const { code, output } = await runExample(options, NUMBER);
  assert.equal(code, 0, output);
  assert.match(output, /^enroll: REFUSED \(DUPLICATE\)/m);
  assert.match(output, /^match: MATCHED/m);
}

async function aWrongCheckDigit(options) {
  const { code, output } = await runExample(options, "123456789010\n");
  assert.equal(code, 1, output);
  assert.match(output, /^enroll: REFUSED \(INVALID_NUMBER\)/m);
  assert.match(output, /^lookup: NOT_FOUND \(INVALID_NUMBER\)/m);
}

async function aWrongPassword(options) {
  const { code, output } = await runExample(
    { ...options, "reception-password": options["reviewer-password"] }, `${NUMBER}\n`);
  assert.equal(code, 1);
  assert.match(output, /^UNAUTHENTICATED: /m);
  assert.doesNotMatch(output, /^enroll/m);
}

async function aWrongPin(options) {
  const { code, output } = await runExample({ ...options, pin: "00".repeat(32) }, `${NUMBER}\n`);
  assert.equal(code, 1);
  assert.match(output, /the login key is not the pinned one/);
}

/** The reviewer's role may not enrol: refused as a whole, by the vault. */
async function aRoleWithoutPermit(options) {
  const { code, output } = await runExample(
    { ...options, reception: "reviewer", "reception-password": options["reviewer-password"] }, `${NUMBER}\n`);
  assert.equal(code, 1);
  assert.match(output, /^PERMISSION_DENIED: /m);
}

/** An entry that an approver took over, read by a reviewer; and one that is not there. */
async function anEntryOfTheRegister({ address, ca, cert, key, pin, prefecture }, set) {
  const connection = ["--address", address, "--ca", ca, "--cert", cert, "--key", key];
  const session = ["--session", set.secret("approver.session", "")];
  rmSync(session[1]);
  const csv = set.secret("register.csv", [
    "登録番号,登録年月日,氏名,フリガナ,生年月日,性別,本籍地都道府県,種別,資格要件,要件該当年月,状態",
    "埼玉県-000012,平成20年4月1日,髙橋 花子,タカハシ ハナコ,1988-04-01,女,埼玉県,保育士,保育士試験合格,平成20年3月,登録",
  ].join("\n"));
  set.cli("login", ...connection, ...session, "--pin", pin, "--prefecture", prefecture, "--account", "approver",
    "--password-file", set.secret("approver.line", ACCOUNTS[2].password));
  set.cli("register", "import", ...connection, ...session, "--input", csv, "--quiet");
  const options = {
    address, ca, cert, key, pin, prefecture,
    account: "reviewer", password: set.secret("reviewer.line", ACCOUNTS[1].password),
  };
  const found = await runExample({ ...options, registration: "12" }, "", "register.mjs");
  assert.equal(found.output, "埼玉県-000012 髙橋 花子 1988-04-01 REGISTRATION_STATE_REGISTERED\n");
  assert.equal(found.code, 0);
  const absent = await runExample({ ...options, registration: "13" }, "", "register.mjs");
  assert.match(absent.output, /^NOT_FOUND: /m);
  assert.equal(absent.code, 1);
}

async function main(binaries) {
  if (!existsSync(`${CLIENT}node_modules/@hpke/core`)) skip(`no npm packages; run "npm ci" in ${CLIENT}`);
  const set = await SekishoSet.make(binaries, ACCOUNTS);
  let end;
  try {
    await set.start().catch((error) => {
      if (error.code === EXIT_SANDBOX && process.getuid() !== 0) set.cannot = "this user may not make namespaces";
      else throw error;
    });
    if (!set.cannot) {
      const options = set.clientOptions();
      for (const { name, password } of ACCOUNTS.slice(0, 2)) {
        options[name] = name;
        options[`${name}-password`] = set.secret(`${name}.line`, password);
      }
      for (const test of [theMainJob, aDuplicate, aWrongCheckDigit, aWrongPassword, aWrongPin, aRoleWithoutPermit]) {
        await test(options);
        console.log(`ok ${test.name}`);
      }
      await anEntryOfTheRegister(set.clientOptions(), set);
      console.log("ok anEntryOfTheRegister");
    }
  } catch (error) {
    console.error(set.log);
    throw error;
  } finally {
    end = await set.stop();
  }
  if (set.cannot) skip(set.cannot);
  assert.equal(end.code, 0, end.log);
  assert.ok(!end.log.includes(NUMBER));
}

await main(process.argv[2]);
