// Sekisho over gRPC: the .proto files, a TLS client certificate, and sealed sessions.

import { X509Certificate, createHash, randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";

import grpc from "@grpc/grpc-js";
import protoLoader from "@grpc/proto-loader";

import { Operation } from "./layout.mjs";
import { checkPin, sealLogin } from "./sealed.mjs";

const PROTO_DIR = fileURLToPath(new URL("../../proto", import.meta.url));
const FILES = ["session_service.proto", "number_service.proto", "register_service.proto"].map((name) => `sekisho/v1/${name}`);
const DEADLINE_MS = 10_000;

const definition = protoLoader.loadSync(FILES, { includeDirs: [PROTO_DIR], longs: String, enums: String, defaults: true });
const { sekisho } = grpc.loadPackageDefinition(definition);

function unary(stub, method, request, metadata = new grpc.Metadata()) {
  return new Promise((resolve, reject) => {
    stub[method](request, metadata, { deadline: Date.now() + DEADLINE_MS }, (error, response) =>
      error ? reject(error) : resolve(response));
  });
}

/** The 16 bytes at the end of `prefectures/11/sessions/{32 hex digits}`. */
function sessionId(name, prefecture) {
  const match = /^(prefectures\/\d\d)\/sessions\/([0-9a-f]{32})$/.exec(name);
  if (!match || match[1] !== prefecture) throw new Error("the server named no session of this prefecture");
  return Buffer.from(match[2], "hex");
}

/** A connection with the certificate that its sessions are bound to. ca, cert and key are PEM texts. */
export class Client {
  constructor({ address, ca, cert, key, pin }) {
    const credentials = grpc.credentials.createSsl(ca, key, cert);
    this.sessions = new sekisho.v1.SessionService(address, credentials);
    this.numbers = new sekisho.v1.NumberService(address, credentials);
    this.register = new sekisho.v1.RegisterService(address, credentials);
    this.certificate = createHash("sha256").update(new X509Certificate(cert).raw).digest();
    this.pin = pin;
  }

  /** `tenant` is the prefecture's code of JIS X 0401, 1 to 47; `password` a Buffer, wiped here. */
  async login({ tenant, account, password }) {
    const prefecture = `prefectures/${String(tenant).padStart(2, "0")}`;
    const { loginKey, challenge } = await unary(this.sessions, "GetSealingKey", { prefecture });
    checkPin(loginKey, this.pin);
    const login = await sealLogin({ tenant, challenge, loginKey, certificate: this.certificate, account, password });
    password.fill(0);
    const response = await unary(this.sessions, "Login", {
      prefecture,
      challenge,
      encapsulatedKey: login.encapsulated,
      ciphertext: login.ciphertext,
    });
    const sealed = login.accept({
      session: sessionId(response.session, prefecture),
      serverEphemeral: response.serverEphemeralKey,
      welcome: response.welcome,
    });
    return new Session(this, response.session, sealed);
  }

  close() {
    this.sessions.close();
    this.numbers.close();
    this.register.close();
  }
}

export class Session {
  constructor(client, name, sealed) {
    Object.assign(this, { client, name, sealed });
  }

  async #call(method, operation, purpose, items) {
    const { sequence, ciphertext, open } = this.sealed.seal(operation, purpose, items);
    const request = { call: { session: this.name, sequence: sequence.toString(), ciphertext } };
    const { reply } = await unary(this.client.numbers, method, request);
    return open(reply);
  }

  /** Numbers are Buffers of 12 ASCII digits. Each gets a request id of its own; repeating one is safe. */
  enroll(purpose, numbers) {
    const items = numbers.map((number) => ({ number, requestId: randomBytes(16) }));
    return this.#call("Enroll", Operation.ENROLL, purpose, items);
  }

  /** Items are { reference, number }. */
  match(purpose, items) {
    return this.#call("Match", Operation.MATCH, purpose, items);
  }

  lookup(purpose, numbers) {
    return this.#call("Lookup", Operation.LOOKUP, purpose, numbers.map((number) => ({ number })));
  }

  /** An entry of the register by its serial number. Calls of the register are plain: the session goes in the metadata. */
  async registration(serial) {
    const metadata = new grpc.Metadata();
    metadata.set("sekisho-session", this.name);
    const prefecture = this.name.split("/sessions/")[0];
    const name = `${prefecture}/registrations/${String(serial).padStart(6, "0")}`;
    const { registration } = await unary(this.client.register, "GetRegistration", { name }, metadata);
    return registration;
  }

  async logout() {
    this.sealed.close();
    await unary(this.client.sessions, "Logout", { session: this.name });
  }
}
