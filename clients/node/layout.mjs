// The structs of privsep/crypto/sealed.h as bytes: little-endian, no padding, reserved fields zero.

export const Operation = { ENROLL: 1, MATCH: 2, LOOKUP: 3, REPLACE: 4, ERASE: 5, ENROLL_CITIZEN: 6 };
export const Purpose = { REGISTER: 1, CHANGE: 2, DELETE: 3, PERIODIC: 4 };
export const OUTCOMES = ["NONE", "DONE", "MATCHED", "NOT_MATCHED", "FOUND", "NOT_FOUND", "REFUSED"];
export const DETAILS = [
  "NONE", "DONE", "REPEATED", "MATCHED", "NOT_MATCHED", "FOUND", "FOUND_FORMER", "NOT_FOUND", "INVALID_NUMBER",
  "DUPLICATE", "UNKNOWN_REFERENCE", "ERASED", "SAME_NUMBER", "REQUEST_CONFLICT", "BLOB_USED", "BLOB_INVALID",
  "BUDGET_SPENT",
  "NOT_LOCKED",
  "OWN_ACCOUNT", "ROTATING", "NO_BACKUP_KEY", "BACKUP_RUNNING", "CONFIRMED",
];

export const ITEMS_MAX = 2048;
const LOGIN_LEN = 272;
const WELCOME_LEN = 80;
const CALL_HEAD_LEN = 32;
const CALL_ITEM_LEN = 48;
const RESULT_HEAD_LEN = 168;
const RESULT_ITEM_LEN = 20;
const DETAIL_ITEM_LEN = 20;

function need(condition, what) {
  if (!condition) throw new RangeError(what);
}

export function u16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** struct login_plain. The caller wipes it. */
export function loginPlain({ tenant, clientEphemeral, certificate, account, password }) {
  const name = Buffer.from(account, "ascii");
  need(name.length >= 1 && name.length <= 32, "an account has 1 to 32 characters");
  need(password.length >= 1 && password.length <= 128, "a password has 1 to 128 bytes");
  const plain = Buffer.alloc(LOGIN_LEN);
  plain.writeUInt16LE(1, 0);
  plain.writeUInt16LE(tenant, 2);
  plain.writeUInt16LE(name.length, 4);
  plain.writeUInt16LE(password.length, 6);
  clientEphemeral.copy(plain, 8);
  certificate.copy(plain, 40);
  name.copy(plain, 72);
  password.copy(plain, 104);
  return plain;
}

/** struct welcome_plain; null when it is not one for this tenant and account. */
export function readWelcome(plain, tenant, account) {
  const good =
    plain.length === WELCOME_LEN && plain.readUInt16LE(0) === 1 && plain.readUInt16LE(2) === tenant &&
    plain.readUInt16LE(6) === 0 && plain.readUInt32LE(12) === 0 &&
    plain.subarray(16, 48).toString("latin1").replace(/\0+$/, "") === account;
  if (!good) return null;
  const permit = Array.from({ length: 16 }, (_, operation) => plain.readUInt16LE(48 + 2 * operation));
  return { role: plain.readUInt16LE(4), ttlMs: plain.readUInt32LE(8), permit };
}

/** struct call_head and its items, each { reference?, requestId?, number? }. The caller wipes it. */
export function callPlain(operation, purpose, items, caseRef = Buffer.alloc(16)) {
  need(items.length >= 1 && items.length <= ITEMS_MAX, `a call has 1 to ${ITEMS_MAX} items`);
  const plain = Buffer.alloc(CALL_HEAD_LEN + items.length * CALL_ITEM_LEN);
  plain.writeUInt16LE(1, 0);
  plain.writeUInt16LE(operation, 2);
  plain.writeUInt16LE(purpose, 4);
  plain.writeUInt32LE(items.length, 8);
  caseRef.copy(plain, 16, 0, 16);
  items.forEach((item, index) => {
    const at = CALL_HEAD_LEN + index * CALL_ITEM_LEN;
    need(item.number === undefined || item.number.length === 12, "a number has 12 digits");
    item.reference?.copy(plain, at, 0, 16);
    item.requestId?.copy(plain, at + 16, 0, 16);
    item.number?.copy(plain, at + 32);
  });
  return plain;
}

export function resultLengths(count) {
  return { clear: RESULT_HEAD_LEN + count * RESULT_ITEM_LEN, details: count * DETAIL_ITEM_LEN };
}

/** The clear part and the opened details of an answer; null when they do not agree with the call. */
export function readResults(clear, details, { operation, purpose, count }) {
  const good =
    clear.readUInt16LE(0) === 1 && clear.readUInt16LE(2) === operation && clear.readUInt16LE(4) === purpose &&
    clear.readUInt16LE(6) === 0 && clear.readUInt32LE(8) === count && clear.readUInt32LE(12) === 0;
  if (!good) return null;
  const results = [];
  for (let index = 0; index < count; index++) {
    const item = clear.subarray(RESULT_HEAD_LEN + index * RESULT_ITEM_LEN).subarray(0, RESULT_ITEM_LEN);
    const detail = details.subarray(index * DETAIL_ITEM_LEN).subarray(0, DETAIL_ITEM_LEN);
    if (item[16] === 0 || item[16] >= OUTCOMES.length || detail[0] >= DETAILS.length) return null;
    const outcome = OUTCOMES[item[16]];
    const inClear = outcome === "DONE" || outcome === "FOUND";
    const reference = Buffer.from(inClear ? item.subarray(0, 16) : detail.subarray(4, 20));
    results.push({ outcome, detail: DETAILS[detail[0]], reference });
  }
  return {
    results,
    ledgerIndex: clear.readBigUInt64LE(16),
    recordedAtUs: clear.readBigInt64LE(24),
    leafHash: Buffer.from(clear.subarray(32, 64)),
    // struct ledger_checkpoint: a signed tree head of the ledger that includes the leaf.
    checkpoint: {
      size: clear.readBigUInt64LE(64),
      root: Buffer.from(clear.subarray(72, 104)),
      signature: Buffer.from(clear.subarray(104, 168)),
    },
  };
}
