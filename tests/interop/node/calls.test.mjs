import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Health, InteropService, Server, ServerReflection, collect, eventually, grpc, unary } from "./harness.mjs";

let server, client;
const fails = (code, promise) => assert.rejects(promise, (error) => assert.equal(error.code, code) ?? true);

before(async () => {
  server = await Server.start();
  client = server.client(InteropService);
});
after(async () => {
  client.close();
  await server.stop();
});

test("unary", async () => {
  assert.deepEqual(await unary(client, "Ping", {}), {});
  assert.equal((await unary(client, "Echo", { text: "関所" })).text, "関所");
  const payload = Buffer.alloc(100_000, 7);
  assert.deepEqual((await unary(client, "Echo", { payload })).payload, payload);
});

test("many at a time", async () => {
  const texts = Array.from({ length: 500 }, (_, index) => String(index));
  const answers = await Promise.all(texts.map((text) => unary(client, "Echo", { text })));
  assert.deepEqual(answers.map((answer) => answer.text), texts);
});

test("unix socket", async () => {
  const local = server.unixClient(InteropService);
  assert.deepEqual((await unary(local, "Inspect", {})).certificate, Buffer.alloc(32));
  local.close();
});

test("client stream", async () => {
  const joined = await new Promise((resolve, reject) => {
    const call = client.Join((error, answer) => (error ? reject(error) : resolve(answer.text)));
    for (const text of ["a", "b", "c"]) call.write({ text });
    call.end();
  });
  assert.equal(joined, "abc");
});

test("server stream", async () => {
  const answers = await collect(client.Repeat({ text: "x", count: 2000 }));
  assert.equal(answers.length, 2000);
});

test("bidirectional stream", async () => {
  const call = client.Chat();
  for (let index = 0; index < 500; index++) call.write({ text: String(index) });
  call.end();
  const answers = await collect(call);
  assert.deepEqual(answers.map((answer) => answer.text), Array.from({ length: 500 }, (_, index) => String(index)));
});

test("deadline", async () => {
  await fails(grpc.status.DEADLINE_EXCEEDED, unary(client, "Slow", { delayMs: 1500 }, { timeout: 200 }));
});

test("cancellation is seen by the server", async () => {
  const before = await unary(client, "Inspect", {});
  const slow = client.Slow({ delayMs: 1500 }, () => {});
  await unary(client, "Ping", {});
  slow.cancel();
  const repeat = client.Repeat({ text: "x", count: 4e9 });
  repeat.on("error", () => {});
  await new Promise((resolve) => repeat.once("data", resolve));
  repeat.cancel();
  await eventually(async () => (await unary(client, "Inspect", {})).cancelled === before.cancelled + 2);
});

// grpc-js half-closes a stream before it resets it (rpc.h warns handlers); the call must end all the same.
test("a cancelled stream ends", async () => {
  const { done } = await unary(client, "Inspect", {});
  const chat = client.Chat();
  chat.on("error", () => {});
  chat.write({ text: "one" });
  await new Promise((resolve) => chat.once("data", resolve));
  chat.cancel();
  await eventually(async () => (await unary(client, "Inspect", {})).done > done);
});

test("error details", async () => {
  const request = { code: 9, reason: "NOT_YET", message: "まだできません", messageJa: "まだできません。", retryMs: 1500 };
  await assert.rejects(unary(client, "Fail", request), (error) => {
    const [packed] = error.metadata.get("grpc-status-details-bin");
    assert.equal(error.code, grpc.status.FAILED_PRECONDITION);
    assert.equal(error.details, "まだできません");
    for (const part of ["google.rpc.ErrorInfo", "NOT_YET", "sekisho.dev", "google.rpc.RetryInfo", "まだできません。"])
      assert.ok(packed.includes(Buffer.from(part)), part);
    return true;
  });
});

test("oversized message", async () => {
  await fails(grpc.status.RESOURCE_EXHAUSTED, unary(client, "Echo", { payload: Buffer.alloc(200_000) }));
});

test("compressed message", async () => {
  const options = { "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip };
  const compressing = server.client(InteropService, "client", options);
  await fails(grpc.status.UNIMPLEMENTED, unary(compressing, "Echo", { payload: Buffer.alloc(100_000) }));
  compressing.close();
});

test("unknown method", async () => {
  const nope = grpc.makeClientConstructor({
    Nope: { path: "/interop.v1.InteropService/Nope", requestStream: false, responseStream: false,
            requestSerialize: () => Buffer.alloc(0), responseDeserialize: (bytes) => bytes } }, "Nope");
  const other = server.client(nope);
  await fails(grpc.status.UNIMPLEMENTED, unary(other, "Nope", {}));
  other.close();
});

test("no client certificate, or one of a foreign authority", async () => {
  for (const certificate of [null, "foreign-client"]) {
    const stranger = server.client(InteropService, certificate);
    await fails(grpc.status.UNAVAILABLE, unary(stranger, "Ping", {}, { timeout: 5000 }));
    stranger.close();
  }
});

test("health", async () => {
  const health = server.client(Health);
  assert.deepEqual(await unary(health, "Check", { service: "" }), { status: "SERVING" });
  await fails(grpc.status.NOT_FOUND, unary(health, "Check", { service: "nope" }));
  const watch = health.Watch({ service: "interop.v1.InteropService" });
  watch.on("error", () => {});
  assert.deepEqual(await new Promise((resolve) => watch.once("data", resolve)), { status: "SERVING" });
  watch.cancel();
  health.close();
});

test("reflection", async () => {
  const reflection = server.client(ServerReflection);
  const call = reflection.ServerReflectionInfo();
  call.write({ listServices: "*" });
  call.write({ fileContainingSymbol: "interop.v1.InteropService.Chat" });
  call.end();
  const [services, files] = await collect(call);
  assert.ok(services.listServicesResponse.service.some(({ name }) => name === "interop.v1.InteropService"));
  assert.ok(files.fileDescriptorResponse.fileDescriptorProto[0].includes("InteropService"));
  reflection.close();
});
