// Enrols a number as a reception officer, then looks it up and matches it as a reviewer: no role may do both.
// Prints outcomes and references, never a number.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import grpc from "@grpc/grpc-js";

import { Client } from "./client.mjs";
import { Purpose } from "./layout.mjs";

const USAGE = `usage: node example.mjs --address HOST:PORT --ca FILE --cert FILE --key FILE --pin HEX
    --prefecture CODE --reception ACCOUNT --reception-password FILE --reviewer ACCOUNT --reviewer-password FILE
    [--number FILE]
The number is the first line of --number, or of standard input. --pin is the SHA-256 of the login key.`;

const OPTIONS = [
  "address", "ca", "cert", "key", "pin", "prefecture", "reception", "reception-password", "reviewer",
  "reviewer-password", "number",
];

/** First line of a file as bytes, without its end: secrets stay out of strings, which nothing can wipe. */
function firstLine(file) {
  const bytes = readFileSync(file);
  const end = bytes.indexOf("\n");
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function readOptions() {
  const options = Object.fromEntries(OPTIONS.map((name) => [name, { type: "string" }]));
  const { values } = parseArgs({ options });
  const missing = OPTIONS.filter((name) => name !== "number" && values[name] === undefined);
  if (missing.length > 0) throw new Error(`missing: ${missing.map((name) => `--${name}`).join(" ")}`);
  return values;
}

function readOptionsOrExit() {
  try {
    return readOptions();
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function show(step, { results, ledgerIndex }) {
  for (const { outcome, detail, reference } of results)
    console.log(`${step}: ${outcome} (${detail}) reference ${reference.toString("hex")}, ledger leaf ${ledgerIndex}`);
  return results[0];
}

async function withSession(client, login, work) {
  const session = await client.login(login);
  try {
    return await work(session);
  } finally {
    await session.logout();
    console.log("logout: OK");
  }
}

async function main(options) {
  const number = firstLine(options.number ?? 0);
  if (number.length !== 12) throw new Error("a number has 12 digits");
  const tenant = Number(options.prefecture);
  const client = new Client({
    address: options.address,
    ca: readFileSync(options.ca),
    cert: readFileSync(options.cert),
    key: readFileSync(options.key),
    pin: options.pin,
  });
  const officer = (role) => ({ tenant, account: options[role], password: firstLine(options[`${role}-password`]) });
  try {
    await withSession(client, officer("reception"), async (session) =>
      show("enroll", await session.enroll(Purpose.REGISTER, [number])));
    const matched = await withSession(client, officer("reviewer"), async (session) => {
      const { reference } = show("lookup", await session.lookup(Purpose.CHANGE, [number]));
      return show("match", await session.match(Purpose.CHANGE, [{ reference, number }]));
    });
    if (matched.outcome !== "MATCHED") process.exitCode = 1;
  } finally {
    number.fill(0);
    client.close();
  }
}

try {
  await main(readOptionsOrExit());
} catch (error) {
  const code = grpc.status[error.code];
  console.error(code ? `${code}: ${error.details}` : error.message);
  process.exitCode = 1;
}
