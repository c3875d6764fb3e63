// Reads one entry of the register: a plain gRPC call, the session in its metadata.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import grpc from "@grpc/grpc-js";

import { Client } from "./client.mjs";

const OPTIONS = ["address", "ca", "cert", "key", "pin", "prefecture", "account", "password", "registration"];
const USAGE = `usage: node register.mjs ${OPTIONS.map((name) => `--${name} ...`).join(" ")}
--ca, --cert, --key and --password are files; --pin is the SHA-256 of the login key; --registration the serial number.`;

function readOptionsOrExit() {
  try {
    const options = Object.fromEntries(OPTIONS.map((name) => [name, { type: "string" }]));
    const { values } = parseArgs({ options });
    const missing = OPTIONS.filter((name) => values[name] === undefined);
    if (missing.length > 0) throw new Error(`missing: ${missing.map((name) => `--${name}`).join(" ")}`);
    return values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** ISO 8601, with the parts that are known. */
function date(value) {
  if (!value?.year) return "-";
  const parts = [String(value.year), value.month, value.day].filter((part) => part);
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

async function main(options) {
  const client = new Client({
    address: options.address,
    ca: readFileSync(options.ca),
    cert: readFileSync(options.cert),
    key: readFileSync(options.key),
    pin: options.pin,
  });
  const password = Buffer.from(readFileSync(options.password, "utf8").split(/\r?\n/)[0]);
  try {
    const session = await client.login({ tenant: Number(options.prefecture), account: options.account, password });
    try {
      const entry = await session.registration(Number(options.registration));
      console.log(`${entry.registrationNumber} ${entry.person.name.text} ${date(entry.person.birthDate)} ${entry.state}`);
    } finally {
      await session.logout();
    }
  } finally {
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
