// Sealed sessions: clients/node/sealed.mjs, written from the text of crypto/sealed.h, against the C of auth and vault.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { clientModule, runTests } from "./peer.mjs";

const { ForgedError, checkPin, fingerprint, sealLogin, sealNumber } = await clientModule("sealed.mjs");
const { Operation, Purpose } = await clientModule("layout.mjs");

const TENANT = 11;
const tenantWord = Buffer.from([TENANT, 0]);
const ACCOUNT = "officer-1";
const PASSWORD = "correct horse 電池";

function u64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** struct welcome_plain, laid out here a second time on purpose. */
function welcomePlain({ tenant = TENANT, account = ACCOUNT } = {}) {
  const plain = Buffer.alloc(80);
  plain.set([1, 0, tenant, 0, 4, 0, 0, 0]);
  plain.writeUInt32LE(600_000, 8);
  plain.write(account, 16);
  plain.writeUInt16LE(1 << Purpose.CHANGE, 48 + 2 * Operation.LOOKUP);
  return plain;
}

async function logIn(peer, welcome = welcomePlain()) {
  const [authPrivate, loginKey] = await peer.ask("derive", randomBytes(32));
  const challenge = randomBytes(32);
  const certificate = randomBytes(32);
  const id = randomBytes(16);
  const password = Buffer.from(PASSWORD);
  const login = await sealLogin({ tenant: TENANT, challenge, loginKey, certificate, account: ACCOUNT, password });
  const words = [tenantWord, authPrivate, challenge, login.encapsulated, login.ciphertext, id, welcome];
  const [plain, serverEphemeral, sealedWelcome, callKey, replyKey] = await peer.ask("login", ...words);
  const response = { session: id, serverEphemeral, welcome: sealedWelcome };
  return { login, words, plain, response, callKey, replyKey, id, certificate };
}

async function loginLayout(peer) {
  const { plain, certificate } = await logIn(peer);
  const password = Buffer.from(PASSWORD);
  const expected = Buffer.alloc(272);
  expected.set([1, 0, TENANT, 0, ACCOUNT.length, 0, password.length, 0]);
  plain.copy(expected, 8, 8, 40); // the fresh X25519 key
  certificate.copy(expected, 40);
  expected.write(ACCOUNT, 72);
  password.copy(expected, 104);
  assert.deepEqual(plain, expected);
  assert.ok(plain.subarray(8, 40).some((byte) => byte !== 0));
}

async function welcomeOpens(peer) {
  const { login, response } = await logIn(peer);
  const session = login.accept(response);
  assert.equal(session.role, 4);
  assert.equal(session.ttlMs, 600_000);
  assert.ok(session.permits(Operation.LOOKUP, Purpose.CHANGE));
  assert.ok(!session.permits(Operation.LOOKUP, Purpose.DELETE));
  assert.ok(!session.permits(Operation.ENROLL, Purpose.CHANGE));
}

async function loginIsBoundToTenantAndChallenge(peer) {
  const { words } = await logIn(peer);
  assert.deepEqual(await peer.ask("login", Buffer.from([12, 0]), ...words.slice(1)), [null]);
  assert.deepEqual(await peer.ask("login", words[0], words[1], randomBytes(32), ...words.slice(3)), [null]);
}

/** The front may try to answer a login by itself, or with parts of another answer. */
async function forgedWelcomesAreRefused(peer) {
  const { login, response } = await logIn(peer);
  const other = (await logIn(peer)).response;
  const bent = Buffer.from(response.welcome);
  bent[20] ^= 1;
  for (const change of [
    { session: other.session }, { serverEphemeral: other.serverEphemeral }, { welcome: other.welcome },
    { welcome: bent },
  ])
    assert.throws(() => login.accept({ ...response, ...change }), ForgedError);
  assert.throws(() => login.accept({ ...response, serverEphemeral: Buffer.alloc(32) }));
}

async function welcomeOfAnotherAccountIsRefused(peer) {
  for (const change of [{ account: "officer-2" }, { tenant: 12 }]) {
    const { login, response } = await logIn(peer, welcomePlain(change));
    assert.throws(() => login.accept(response), ForgedError);
  }
}

function answer(call, outcome, detail, reference) {
  const clear = Buffer.alloc(168 + 20);
  clear.set([1, 0, call.operation, 0, call.purpose, 0, 0, 0, 1]);
  clear.writeBigUInt64LE(7n, 16);
  clear.writeBigInt64LE(1_790_000_000_000_000n, 24);
  clear.writeBigUInt64LE(9n, 64);
  clear.fill(0x70, 72, 104);
  clear.fill(0x90, 104, 168);
  reference.copy(clear, 168);
  clear[184] = outcome;
  const details = Buffer.alloc(20);
  details[0] = detail;
  return { clear, details };
}

async function callsAndAnswers(peer) {
  const { login, response, callKey, replyKey, id } = await logIn(peer);
  const session = login.accept(response);
  const number = Buffer.from("123456789018");
  const reference = randomBytes(16);
  for (let turn = 1n; turn <= 3n; turn++) {
    const call = session.seal(Operation.LOOKUP, Purpose.CHANGE, [{ number }]);
    assert.equal(call.sequence, turn);
    const [plain] = await peer.ask("call", callKey, id, u64(call.sequence), call.ciphertext);
    assert.equal(plain.length, 32 + 48);
    assert.deepEqual(plain.subarray(0, 12), Buffer.from([1, 0, 3, 0, 2, 0, 0, 0, 1, 0, 0, 0]));
    assert.deepEqual(plain.subarray(64, 76), number);
    // A sequence number that is not the sealed one does not open.
    assert.deepEqual(await peer.ask("call", callKey, id, u64(call.sequence + 1n), call.ciphertext), [null]);

    const { clear, details } = answer({ operation: 3, purpose: 2 }, 4, 5, reference);
    const [sealed] = await peer.ask("reply", replyKey, id, u64(call.sequence), clear, details);
    const { results, ledgerIndex, recordedAtUs, checkpoint } = call.open({ results: clear, sealed });
    assert.deepEqual(results, [{ outcome: "FOUND", detail: "FOUND", reference }]);
    assert.equal(ledgerIndex, 7n);
    assert.equal(recordedAtUs, 1_790_000_000_000_000n);
    assert.deepEqual(checkpoint, { size: 9n, root: Buffer.alloc(32, 0x70), signature: Buffer.alloc(64, 0x90) });
  }
}

async function forgedAnswersAreRefused(peer) {
  const { login, response, replyKey, id } = await logIn(peer);
  const session = login.accept(response);
  const first = session.seal(Operation.LOOKUP, Purpose.CHANGE, [{ number: Buffer.from("123456789018") }]);
  const second = session.seal(Operation.LOOKUP, Purpose.CHANGE, [{ number: Buffer.from("123456789018") }]);
  const good = answer({ operation: 3, purpose: 2 }, 5, 7, Buffer.alloc(16));
  const [sealed] = await peer.ask("reply", replyKey, id, u64(first.sequence), good.clear, good.details);
  const turned = Buffer.from(good.clear);
  turned[184] = 4; // NOT_FOUND into FOUND, as a compromised front would
  assert.throws(() => first.open({ results: turned, sealed }), ForgedError);
  assert.throws(() => second.open({ results: good.clear, sealed }), ForgedError); // the answer to another call
  assert.throws(() => first.open({ results: good.clear, sealed: sealed.subarray(1) }), ForgedError);
  assert.equal(first.open({ results: good.clear, sealed }).results[0].outcome, "NOT_FOUND");

  const match = answer({ operation: 2, purpose: 2 }, 2, 3, Buffer.alloc(16));
  const [other] = await peer.ask("reply", replyKey, id, u64(first.sequence), match.clear, match.details);
  assert.throws(() => first.open({ results: match.clear, sealed: other }), ForgedError); // another operation's
}

async function citizenBlob(peer) {
  const [vaultPrivate, citizenKey] = await peer.ask("derive", randomBytes(32));
  const nonce = randomBytes(16);
  const portal = Buffer.alloc(32);
  portal.write("portal");
  const number = Buffer.from("123456789018");
  const blob = await sealNumber({ tenant: TENANT, citizenKey, applicationNonce: nonce, portal: "portal", number });
  assert.equal(blob.length, 60);
  const words = [tenantWord, vaultPrivate, nonce, portal, blob];
  assert.deepEqual(await peer.ask("citizen", ...words), [number]);
  // Another prefecture, application or portal cannot use it.
  for (const [index, other] of [[0, Buffer.from([12, 0])], [2, randomBytes(16)], [3, Buffer.alloc(32, "x")]])
    assert.deepEqual(await peer.ask("citizen", ...words.with(index, other)), [null]);
}

async function pins() {
  const key = randomBytes(32);
  checkPin(key, fingerprint(key));
  assert.throws(() => checkPin(key, fingerprint(randomBytes(32))), ForgedError);
  assert.throws(() => checkPin(key, ""), ForgedError);
}

await runTests({
  loginLayout, welcomeOpens, loginIsBoundToTenantAndChallenge, forgedWelcomesAreRefused,
  welcomeOfAnotherAccountIsRefused, callsAndAnswers, forgedAnswersAreRefused, citizenBlob, pins,
});
