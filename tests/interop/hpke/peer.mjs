// Talks to crypto_peer, the C side: a line of words in, a line of words out (commands.h).

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CLIENT = new URL("../../../clients/node/", import.meta.url);
const SKIPPED = 77;

/** A module of clients/node; ends the test as skipped when its npm packages are not installed. */
export function clientModule(name) {
  if (!existsSync(new URL("node_modules/@hpke/core", CLIENT))) {
    console.log(`skipped: no npm packages; run "npm ci" in ${fileURLToPath(CLIENT)}`);
    process.exit(SKIPPED);
  }
  return import(new URL(name, CLIENT));
}

export class Peer {
  constructor(path) {
    this.process = spawn(path, { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** Words are bytes or text. The answer's words come back as Buffers, "refused" as null. */
  async ask(command, ...words) {
    const hex = words.map((word) => Buffer.from(word).toString("hex") || "-");
    this.process.stdin.write(`${[command, ...hex].join(" ")}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`crypto_peer ended at ${command}`);
    return value.trim().split(" ").map((word) => {
      if (word === "refused") return null;
      return word === "-" ? Buffer.alloc(0) : Buffer.from(word, "hex");
    });
  }

  close() {
    this.process.stdin.end();
  }
}

/** Runs tests in order against one peer. */
export async function runTests(tests) {
  const peer = new Peer(process.argv[2]);
  try {
    for (const [name, test] of Object.entries(tests)) {
      await test(peer);
      console.log(`ok ${name}`);
    }
  } finally {
    peer.close();
  }
}
