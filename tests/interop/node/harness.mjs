// Starts the test server for grpc-js. The stubs are made from the .proto files when the tests run.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const here = dirname(fileURLToPath(import.meta.url));
const includeDirs = [join(here, "../proto"), process.env.SEKISHO_PROTO, "/usr/include"];

function load(file) {
  return grpc.loadPackageDefinition(loader.loadSync(file, { includeDirs, longs: Number, enums: String, defaults: true }));
}

export const { InteropService } = load("interop/v1/interop.proto").interop.v1;
export const { Health } = load("grpc/health/v1/health.proto").grpc.health.v1;
export const { ServerReflection } = load("grpc/reflection/v1/reflection.proto").grpc.reflection.v1;

const folder = mkdtempSync(join(tmpdir(), "interop-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
execFileSync(join(here, "../make-certificates"), [folder]);
const pem = (name) => readFileSync(join(folder, `${name}.pem`));

export class Server {
  static async start() {
    const server = new Server();
    server.child = spawn(process.env.INTEROP_SERVER, [folder], { stdio: ["ignore", "pipe", "inherit"] });
    server.output = "";
    server.child.stdout.on("data", (data) => (server.output += data));
    while (!server.output.includes("\n")) await once(server.child.stdout, "data");
    server.address = `localhost:${/^port (\d+)/.exec(server.output)[1]}`;
    return server;
  }

  client(Service, certificate = "client", options = {}) {
    const credentials = grpc.credentials.createSsl(
      pem("ca"), certificate && pem(`${certificate}-key`), certificate && pem(certificate));
    return new Service(this.address, credentials, options);
  }

  unixClient(Service) {
    return new Service(`unix:${join(folder, "socket")}`, grpc.credentials.createInsecure());
  }

  // Sanitizers and the leak check report by the exit code.
  async stop() {
    this.child.kill("SIGTERM");
    const [code] = await once(this.child, "exit");
    if (code !== 0) throw new Error(`the server ended with ${code}`);
  }
}

export function unary(client, method, request, options = {}) {
  return new Promise((resolve, reject) => {
    client[method](request, options.metadata ?? new grpc.Metadata(), { deadline: Date.now() + (options.timeout ?? 10000) },
      (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

export async function collect(stream) {
  const answers = [];
  for await (const answer of stream) answers.push(answer);
  return answers;
}

export async function eventually(condition) {
  const deadline = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("it did not come");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export { grpc };
