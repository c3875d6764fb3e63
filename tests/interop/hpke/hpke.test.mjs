// Our HPKE against @hpke/core: key pairs, seals, opens and exports in both directions.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { clientModule, runTests } from "./peer.mjs";

const { suite } = await clientModule("sealed.mjs");

const EXPORT_CONTEXT = Buffer.from("sekisho/v1 session");
// Lengths around the block of AES, none at all, and a whole batch of numbers.
const LENGTHS = [0, 1, 15, 16, 17, 272, 98_336];

const exact = (bytes) => new Uint8Array(bytes).buffer;

/** A key pair that both sides derive from the same bytes, which compares DeriveKeyPair on the way. */
async function keyPair(peer) {
  const ikm = randomBytes(32);
  const [privateRaw, publicRaw] = await peer.ask("derive", ikm);
  const pair = await suite.kem.deriveKeyPair(exact(ikm));
  assert.deepEqual(Buffer.from(await suite.kem.serializePublicKey(pair.publicKey)), publicRaw);
  return { pair, privateRaw, publicRaw };
}

function messages() {
  return LENGTHS.map((length, index) => ({ aad: randomBytes(index * 7), plain: randomBytes(length) }));
}

async function cSealsNodeOpens(peer) {
  const { pair, publicRaw } = await keyPair(peer);
  const info = randomBytes(50);
  const sent = messages();
  const words = sent.flatMap(({ aad, plain }) => [aad, plain]);
  const [enc, exported, ...sealed] = await peer.ask("seal", publicRaw, info, EXPORT_CONTEXT, ...words);
  const recipient = await suite.createRecipientContext({ recipientKey: pair, enc: exact(enc), info: exact(info) });
  assert.equal(sealed.length, sent.length);
  for (const [index, { aad, plain }] of sent.entries())
    assert.deepEqual(Buffer.from(await recipient.open(exact(sealed[index]), exact(aad))), plain);
  assert.deepEqual(Buffer.from(await recipient.export(exact(EXPORT_CONTEXT), 32)), exported);
}

async function nodeSealsCOpens(peer) {
  const { pair, privateRaw } = await keyPair(peer);
  const info = randomBytes(50);
  const sender = await suite.createSenderContext({ recipientPublicKey: pair.publicKey, info: exact(info) });
  const sent = messages();
  const words = [];
  for (const { aad, plain } of sent) words.push(aad, Buffer.from(await sender.seal(exact(plain), exact(aad))));
  const [exported, ...opened] = await peer.ask(
    "open", privateRaw, Buffer.from(sender.enc), info, EXPORT_CONTEXT, ...words);
  assert.deepEqual(opened, sent.map(({ plain }) => plain));
  assert.deepEqual(exported, Buffer.from(await sender.export(exact(EXPORT_CONTEXT), 32)));
}

/** Both must refuse the same things; otherwise a seal could mean one thing to one side and nothing to the other. */
async function bothRefuseChanges(peer) {
  const { pair, publicRaw, privateRaw } = await keyPair(peer);
  const info = Buffer.from("info");
  const plain = Buffer.from("plain");
  const aad = Buffer.from("aad");
  const [enc, , sealed] = await peer.ask("seal", publicRaw, info, EXPORT_CONTEXT, aad, plain);
  const other = Buffer.from("infO");
  const flipped = Buffer.from(sealed);
  flipped[0] ^= 1;

  for (const [usedInfo, usedAad, usedSealed] of [[other, aad, sealed], [info, info, sealed], [info, aad, flipped]]) {
    const recipient = await suite.createRecipientContext({
      recipientKey: pair, enc: exact(enc), info: exact(usedInfo),
    });
    await assert.rejects(recipient.open(exact(usedSealed), exact(usedAad)));
    const [, opened] = await peer.ask("open", privateRaw, enc, usedInfo, EXPORT_CONTEXT, usedAad, usedSealed);
    assert.equal(opened, null);
  }
  const [, opened] = await peer.ask("open", privateRaw, enc, info, EXPORT_CONTEXT, aad, sealed);
  assert.deepEqual(opened, plain);
}

async function smallOrderKeysAreRefused(peer) {
  const { privateRaw } = await keyPair(peer);
  const zero = Buffer.alloc(32);
  assert.deepEqual(await peer.ask("seal", zero, "info", EXPORT_CONTEXT), [null]);
  assert.deepEqual(await peer.ask("open", privateRaw, zero, "info", EXPORT_CONTEXT), [null]);
}

await runTests({ cSealsNodeOpens, nodeSealsCOpens, bothRefuseChanges, smallOrderKeysAreRefused });
