// Sealed sessions, as privsep/crypto/sealed.h defines them: what a client does so that the front, which carries every
// byte, can read and change none of it. HPKE (RFC 9180) comes from @hpke/core, the rest from node:crypto.

import {
  createCipheriv, createDecipheriv, createHash, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync,
  timingSafeEqual,
} from "node:crypto";

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

import { callPlain, loginPlain, readResults, readWelcome, resultLengths, u16, u64 } from "./layout.mjs";

export const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

const TAG_LEN = 16;
const ZERO_NONCE = Buffer.alloc(12);

/** The other side is not who it should be, or the front changed something. */
export class ForgedError extends Error {}

/** WebCrypto wants an ArrayBuffer of exactly these bytes, not a view into a larger one. */
function exact(bytes) {
  return new Uint8Array(bytes).buffer;
}

function x25519Pair() {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return { privateKey, raw: Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url") };
}

/** Throws on a point of small order: OpenSSL refuses the all-zero result (RFC 7748 section 6.1). */
function x25519(privateKey, peerRaw) {
  const x = Buffer.from(peerRaw).toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });
  return diffieHellman({ privateKey, publicKey });
}

function gcmSeal(key, nonce, aad, plain) {
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_LEN });
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function gcmOpen(key, nonce, aad, sealed) {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_LEN });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_LEN));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_LEN)), decipher.final()]);
  } catch {
    throw new ForgedError("a sealed answer does not open");
  }
}

/** SHA-256 of a login key in hex: what a client pins. */
export function fingerprint(loginKey) {
  return createHash("sha256").update(loginKey).digest("hex");
}

export function checkPin(loginKey, pin) {
  const expected = Buffer.from(pin, "hex");
  const found = createHash("sha256").update(loginKey).digest();
  if (expected.length !== found.length || !timingSafeEqual(expected, found))
    throw new ForgedError("the login key is not the pinned one");
}

export function sessionKeys({ tenant, challenge, encapsulated, client, server, session, certificate }, exported, dh) {
  const salt = createHash("sha256")
    .update("sekisho/v1 transcript")
    .update(Buffer.concat([u16(tenant), challenge, encapsulated, client, server, session, certificate]))
    .digest();
  const secret = Buffer.concat([exported, dh]);
  const derive = (label) => Buffer.from(hkdfSync("sha256", secret, salt, `sekisho/v1 ${label}`, 32));
  const keys = { salt, call: derive("call"), reply: derive("reply"), welcome: derive("welcome") };
  secret.fill(0);
  return keys;
}

/**
 * Seals a login to auth's key. Returns what LoginRequest carries, and `accept`, which makes a session of LoginResponse.
 * `password` is a Buffer; `certificate` the SHA-256 of the client's own DER certificate.
 */
export async function sealLogin({ tenant, challenge, loginKey, certificate, account, password }) {
  const info = Buffer.concat([Buffer.from("sekisho/v1 login"), u16(tenant), challenge]);
  const recipientPublicKey = await suite.kem.deserializePublicKey(exact(loginKey));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: exact(info) });
  const ephemeral = x25519Pair();
  const plain = loginPlain({ tenant, clientEphemeral: ephemeral.raw, certificate, account, password });
  const ciphertext = Buffer.from(await sender.seal(exact(plain)));
  plain.fill(0);
  const exported = Buffer.from(await sender.export(exact(Buffer.from("sekisho/v1 session")), 32));
  const encapsulated = Buffer.from(sender.enc);

  const accept = ({ session, serverEphemeral, welcome }) => {
    const dh = x25519(ephemeral.privateKey, serverEphemeral);
    const transcript = {
      tenant, challenge, encapsulated, client: ephemeral.raw, server: serverEphemeral, session, certificate,
    };
    const keys = sessionKeys(transcript, exported, dh);
    const greeting = readWelcome(gcmOpen(keys.welcome, ZERO_NONCE, keys.salt, welcome), tenant, account);
    if (!greeting) throw new ForgedError("the welcome is not for this login");
    return new SealedSession(session, keys, greeting);
  };
  return { encapsulated, ciphertext, accept };
}

/**
 * A citizen's number for the vault, to be presented by the portal with the application of this nonce: struct
 * call_item_citizen's blob. `citizenKey` is the vault's for this prefecture; `number` a Buffer of 12 ASCII digits.
 */
export async function sealNumber({ tenant, citizenKey, applicationNonce, portal, number }) {
  const info = Buffer.concat([Buffer.from("sekisho/v1 citizen"), u16(tenant)]);
  const account = Buffer.alloc(32);
  account.write(portal, "ascii");
  const recipientPublicKey = await suite.kem.deserializePublicKey(exact(citizenKey));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: exact(info) });
  const sealed = await sender.seal(exact(number), exact(Buffer.concat([applicationNonce, account])));
  return Buffer.concat([Buffer.from(sender.enc), Buffer.from(sealed)]);
}

/** The client's end of a session with the vault. */
export class SealedSession {
  #id;
  #keys;
  #sequence = 0n;

  constructor(id, keys, { role, ttlMs, permit }) {
    this.#id = Buffer.from(id);
    this.#keys = keys;
    Object.assign(this, { role, ttlMs, permit });
  }

  #nonce(sequence) {
    const nonce = Buffer.alloc(12);
    nonce.writeBigUInt64BE(sequence, 4);
    return nonce;
  }

  #aad(label, sequence) {
    return Buffer.concat([Buffer.from(`sekisho/v1 ${label}`), this.#id, u64(sequence)]);
  }

  permits(operation, purpose) {
    return (this.permit[operation] & (1 << purpose)) !== 0;
  }

  /** One call. `open(reply)` checks the answer to it and returns its results. */
  seal(operation, purpose, items, caseRef) {
    const plain = callPlain(operation, purpose, items, caseRef);
    // Taken before it is used: a sequence number is a nonce, and none may serve twice.
    const sequence = ++this.#sequence;
    const ciphertext = gcmSeal(this.#keys.call, this.#nonce(sequence), this.#aad("call", sequence), plain);
    plain.fill(0);
    const call = { operation, purpose, count: items.length };
    return { sequence, ciphertext, open: (reply) => this.#open(sequence, call, reply) };
  }

  #open(sequence, call, { results, sealed }) {
    const lengths = resultLengths(call.count);
    if (results.length !== lengths.clear || sealed.length !== lengths.details + TAG_LEN)
      throw new ForgedError("the answer has not the length of one to this call");
    const aad = Buffer.concat([this.#aad("reply", sequence), results]);
    const details = gcmOpen(this.#keys.reply, this.#nonce(sequence), aad, sealed);
    const answer = readResults(results, details, call);
    if (!answer) throw new ForgedError("the answer is not to this call");
    return answer;
  }

  /** Makes the session unusable and forgets its keys. */
  close() {
    for (const key of Object.values(this.#keys)) key.fill(0);
    this.seal = () => {
      throw new Error("the session is closed");
    };
  }
}
