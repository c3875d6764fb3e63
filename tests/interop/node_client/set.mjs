// A whole Sekisho set in a folder of its own on a loopback port, with one account a role.

import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const EXIT_SANDBOX = 71;
const PREFECTURE = "11";

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class SekishoSet {
  /** `binaries` is the folder of the executables. */
  static async make(binaries, accounts) {
    const set = new SekishoSet();
    set.binaries = binaries;
    set.scratch = mkdtempSync(join(tmpdir(), "sekisho-node-"));
    set.folder = join(set.scratch, "keys");
    set.port = await freePort();
    const listen = `127.0.0.1:${set.port}`;
    set.cli("keygen", "--out", set.folder, "--listen", listen, "--prefecture", PREFECTURE, "--client", "office");
    set.#ready("terminal", "office", join(set.folder, "clients/office.crt.pem"));
    for (const { name, role, password } of accounts)
      set.#ready("account", name, role, set.secret(`${name}.pw`, password));
    return set;
  }

  cli(...words) {
    execFileSync(join(this.binaries, "sekisho"), words, { stdio: "pipe" });
  }

  /** What takes two administrators in use is done at once here: tests/tools/ready_accounts.c. */
  #ready(...words) {
    const store = join(this.folder, "accounts");
    execFileSync(join(this.binaries, "ready-accounts"), [store, PREFECTURE, ...words], { stdio: "pipe" });
  }

  /** A file for one secret; its path. */
  secret(name, text) {
    const path = join(this.scratch, name);
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    return path;
  }

  get log() {
    return readFileSync(join(this.scratch, "log"), "utf8");
  }

  /** Resolves when the set serves; rejects with its exit code when it ends instead. */
  start() {
    const command = [join(this.binaries, "sekisho-warden"), "--config", join(this.folder, "sekisho.conf")];
    // A file, not a pipe: node's pipes are sockets, and a sanitized process, which keeps its stderr, may have none.
    const log = openSync(join(this.scratch, "log"), "a", 0o600);
    this.process = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", log] });
    closeSync(log);
    this.ended = new Promise((resolve) => this.process.once("exit", (code, signal) => resolve(code ?? signal)));
    return new Promise((resolve, reject) => {
      const fail = (code) => reject(Object.assign(new Error(this.log), { code }));
      // A set that cannot start here is tried again by the warden; the first reason is the reason.
      this.watch = setInterval(() => {
        const code = /the set ended with code (\d+)/.exec(this.log);
        if (code) fail(Number(code[1]));
      }, 100);
      createInterface({ input: this.process.stdout }).on("line", (line) => line.startsWith("ready:") && resolve());
      this.ended.then(fail);
    }).finally(() => clearInterval(this.watch));
  }

  /** How the client of this test reaches the set. */
  clientOptions() {
    const file = (name) => join(this.folder, name);
    return {
      address: `localhost:${this.port}`,
      ca: file("ca.crt.pem"),
      cert: file("clients/office.crt.pem"),
      key: file("clients/office.key.pem"),
      pin: readFileSync(file("login.pin"), "ascii").trim(),
      prefecture: PREFECTURE,
    };
  }

  /** Ends the set: the warden's exit code and its log. */
  async stop() {
    this.process?.kill("SIGTERM");
    const code = await this.ended;
    const log = this.process ? this.log : "";
    rmSync(this.scratch, { recursive: true, force: true });
    return { code, log };
  }
}
