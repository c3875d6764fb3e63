#!/usr/bin/env python3
"""Checks a ledger that Sekisho exported, from nothing but the specifications: c2sp.org/tlog-tiles, c2sp.org/tlog-checkpoint,
c2sp.org/signed-note, RFC 6962. Shares no code with Sekisho.

    verify.py tiles DIRECTORY VKEY          every tile and entry bundle against the signed checkpoint
    verify.py proof FILE VKEY               a file of `sekisho ledger prove`
    verify.py receipt FILE VKEY             a receipt of an erasure (`sekisho erase --receipts`)
    verify.py same DIRECTORY FILE           the tree of a proof file is the beginning of the tiles'

VKEY is the verifier key that the reader knows from elsewhere, or @FILE that holds it. Ends with 0 when all is good, 1 with
a line that says what is not, 2 for wrong usage."""
import base64
import hashlib
import json
import struct
import sys
from datetime import datetime, timezone
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
# struct ledger_entry and struct ledger_item (privsep/wire/ledger_entry.h)
ENTRY = struct.Struct("<HHHHHHIQq16s16s32sH6x24s")
ITEM = struct.Struct("<16sBB14s")


class Bad(Exception):
    """What is not as it should be."""


def need(condition, what):
    if not condition:
        raise Bad(what)


# ---- RFC 6962 section 2.1 ----

def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split_of(size):
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def tree_hash(hashes):
    """MTH over leaf hashes, as the RFC writes it."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = split_of(len(hashes))
    return node(tree_hash(hashes[:split]), tree_hash(hashes[split:]))


def root_of_path(index, size, leaf, path):
    """The root that an audit path leads to: PATH(m, D[n]) of section 2.1.1, read from its end."""
    if size == 1:
        need(not path, "the proof is too long")
        return leaf
    need(path, "the proof is too short")
    split = split_of(size)
    if index < split:
        return node(root_of_path(index, split, leaf, path[:-1]), path[-1])
    return node(path[-1], root_of_path(index - split, size - split, leaf, path[:-1]))


# ---- signed notes ----

def parse_vkey(text):
    name, key_id, encoded = text.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    need(len(key) == 33 and key[0] == 1, "the key is not Ed25519")
    computed = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    need(computed.hex() == key_id, "the key's id is not its own")
    return name, computed, Ed25519PublicKey.from_public_bytes(key[1:])


def check_signatures(text, signatures, vkey):
    name, key_id, key = vkey
    good = False
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        need(dash == "\u2014", "not a signature line")
        raw = base64.b64decode(encoded, validate=True)
        if signer != name or raw[:4] != key_id:
            continue
        try:
            key.verify(raw[4:], text.encode())
        except InvalidSignature:
            raise Bad("the signature is not good") from None
        good = True
    need(good, "no signature of the key")


def open_note(note, vkey):
    """Origin, size and root of a checkpoint whose signature is good."""
    text, separator, signatures = note.rpartition("\n\n")
    need(separator, "not a signed note")
    check_signatures(text + "\n", signatures, vkey)
    lines = text.splitlines()
    need(len(lines) == 3, "not a checkpoint without extensions")
    need(lines[0] == vkey[0], "the origin is not the key's name")
    need(lines[1] == str(int(lines[1])), "the size is not written as a number")
    root = base64.b64decode(lines[2], validate=True)
    need(len(root) == 32, "the root is not a hash")
    return lines[0], int(lines[1]), root


# ---- tiles ----

def tile_path(kind, index, width):
    elements = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        elements.insert(0, f"x{index % 1000:03d}")
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{kind}/{'/'.join(elements)}{partial}"


def widths(count):
    """Index and width of each tile of a level of `count` hashes."""
    return [(at // WIDTH, min(WIDTH, count - at)) for at in range(0, count, WIDTH)]


def read_file(folder, path):
    try:
        return (folder / path).read_bytes()
    except FileNotFoundError:
        raise Bad(f"{path} is missing") from None


def read_level(folder, level, count):
    hashes = []
    for index, width in widths(count):
        path = tile_path(str(level), index, width)
        data = read_file(folder, path)
        need(len(data) == 32 * width, f"{path} has {len(data)} bytes")
        hashes += [data[i:i + 32] for i in range(0, len(data), 32)]
    return hashes


def check_bundle(path, data, hashes):
    at = 0
    for i, expected in enumerate(hashes):
        length = int.from_bytes(data[at:at + 2], "big")
        need(length == 32, f"{path}: leaf data is a commitment of 32 bytes")
        need(leaf_hash(data[at + 2:at + 2 + length]) == expected, f"{path}: entry {i} is another one")
        at += 2 + length
    need(at == len(data), f"{path} is too long")


def check_bundles(folder, leaves):
    """Bundles may be missing: the readable part is gone, or the exporter had no right to it."""
    found = 0
    for index, width in widths(len(leaves)):
        path = tile_path("entries", index, width)
        if (folder / path).exists():
            check_bundle(path, read_file(folder, path), leaves[index * WIDTH:index * WIDTH + width])
            found += 1
    return found


def check_tiles(folder, vkey):
    folder = Path(folder)
    _, size, root = open_note(read_file(folder, "checkpoint").decode(), vkey)
    leaves = read_level(folder, 0, size)
    files, level, below = len(widths(size)), 0, leaves
    while len(below) >= WIDTH:
        level += 1
        above = read_level(folder, level, len(below) // WIDTH)
        for i, expected in enumerate(above):
            computed = tree_hash(below[i * WIDTH:(i + 1) * WIDTH])
            need(computed == expected, f"level {level}: hash {i} is not that of the tile below")
        files, below = files + len(widths(len(above))), above
    need(tree_hash(leaves) == root, "the leaves do not make the signed root")
    bundles = check_bundles(folder, leaves)
    there = sum(1 for path in folder.rglob("*") if path.is_file())
    need(there == files + bundles + 2, "there are files that belong to no tile")
    print(f"tiles: {size} leaves, {files} tiles, {bundles} entry bundles: good")
    return leaves


# ---- proofs of one reference ----

OPERATIONS = {1: "ENROLL", 2: "MATCH", 3: "LOOKUP", 4: "REPLACE", 5: "ERASE", 6: "ENROLL_CITIZEN", 7: "UNLOCK",
              8: "READ_LEDGER", 9: "ROTATE_KEYS", 10: "BACKUP", 11: "CONFIRM", 12: "RELEASE", 13: "MATCH_CITIZEN"}
PURPOSES = {1: "REGISTER", 2: "CHANGE", 3: "DELETE", 4: "PERIODIC"}
OUTCOMES = {1: "DONE", 2: "MATCHED", 3: "NOT_MATCHED", 4: "FOUND", 5: "NOT_FOUND", 6: "REFUSED"}


def check_words(shown, head, prefecture):
    """What the file says in words is what the proven bytes say. Gives the index."""
    need(len(head) == ENTRY.size, "the head of an entry has another length")
    (version, tenant, operation, purpose, status, role, asked, index, _, session, case, account, basis,
     _) = ENTRY.unpack(head)
    need(version == 2 and tenant == prefecture, "an entry of another prefecture or version")
    need((shown["index"], shown["asked"], shown["role"]) == (index, asked, role), "an entry says other counts")
    need(shown["account"] == account.rstrip(b"\0").decode(), "an entry says another account")
    need(shown["operation"] == OPERATIONS[operation], "an entry says another operation")
    need(shown["purpose"] == PURPOSES[purpose], "an entry says another purpose")
    need(shown["legal_basis"]["code"] == basis, "an entry says another legal basis")
    need((shown["session"], shown["case"]) == (session.hex(), case.hex()), "an entry says another session or case")
    need(shown["permitted"] == (status == 0), "an entry says another status")
    return index


def item_hash(item, reference):
    """The hash of an item that is shown, which must be the reference's, or of one that is not."""
    if "hash" in item:
        need(set(item) == {"hash"}, "an item that is not shown says something")
        return bytes.fromhex(item["hash"])
    data = bytes.fromhex(item["data"])
    touched, outcome, _, _ = ITEM.unpack(data)
    need(touched == reference == bytes.fromhex(item["reference"]), "an item is of another reference")
    need(item["outcome"] == OUTCOMES[outcome], "an item says another outcome")
    return hashlib.sha256(data).digest()


def leaf_data(shown, head, reference):
    """What the leaf commits with: the head and one hash an item."""
    need(any("data" in item for item in shown["items"]), "an entry does not touch the reference")
    return hashlib.sha256(head + b"".join(item_hash(item, reference) for item in shown["items"])).digest()


def check_proof(path, vkey):
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    need(document["format"] == "sekisho-ledger-proof-2", "not a proof of sekisho")
    name, size, root = open_note(document["checkpoint"], vkey)
    need(name == f"sekisho/prefectures/{document['prefecture']:02d}", "the key is of another ledger")
    last = -1
    for shown in document["entries"]:
        head = bytes.fromhex(shown["head"])
        index = check_words(shown, head, document["prefecture"])
        need(last < index < size, "entries are not in their order")
        leaf = leaf_hash(leaf_data(shown, head, bytes.fromhex(document["reference"])))
        need(leaf.hex() == shown["leaf_hash"], "the leaf hash is another one")
        proven = root_of_path(index, size, leaf, [bytes.fromhex(h) for h in shown["inclusion"]])
        need(proven == root, f"leaf {index} is not in the tree")
        last = index
    print(f"proof: {len(document['entries'])} entries in a tree of {size} leaves: good")


# ---- receipts of erasures ----

def receipt_lines(body):
    """The words of each name, and hashes of the call's items with the place of the one that is shown."""
    words, items, shown = {}, [], None
    for line in body.splitlines()[1:]:
        name, value = line.split(" ", 1)
        if name == "item":
            shown = bytes.fromhex(value)
            items.append(hashlib.sha256(shown).digest())
        elif name == "other":
            items.append(bytes.fromhex(value))
        else:
            words.setdefault(name, []).append(value)
    need(shown is not None, "no item is shown")
    return words, items, shown


def check_receipt(path, vkey):
    body, _, note = Path(path).read_text(encoding="utf-8").partition("\n\n")
    need(body.startswith("sekisho erasure receipt 1\n"), "not a receipt of an erasure")
    words, items, shown = receipt_lines(body)
    name, size, root = open_note(note, vkey)
    entry = bytes.fromhex(words["entry"][0])
    (version, tenant, operation, purpose, status, _, asked, index, time_us, _, _, account, _, _) = ENTRY.unpack(entry)
    reference, outcome, detail, _ = ITEM.unpack(shown)
    need((version, operation, status, OUTCOMES[outcome], detail) == (2, 5, 0, "DONE", 1), "not of an erasure that was done")
    need(asked == len(items), "the call had another number of items")
    time = datetime.fromtimestamp(time_us // 1000000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    said = {"prefecture": f"{tenant:02d}", "reference": reference.hex(), "time": f"{time}.{time_us % 1000000:06d}Z",
            "operation": OPERATIONS[operation], "purpose": PURPOSES[purpose], "account": account.rstrip(b"\0").decode(),
            "index": str(index)}
    for word, value in said.items():
        need(words[word] == [value], f"it says another {word}")
    need(name == f"sekisho/prefectures/{tenant:02d}", "the key is of another ledger")
    leaf = leaf_hash(hashlib.sha256(entry + b"".join(items)).digest())
    need(index < size and root_of_path(index, size, leaf, [bytes.fromhex(h) for h in words.get("proof", [])]) == root,
         f"leaf {index} is not in the tree")
    print(f"receipt: {reference.hex()} was erased at {said['time']}, leaf {index} of {size}: good")


def check_same(folder, path):
    vkey = parse_vkey((Path(folder) / "vkey").read_text(encoding="utf-8"))
    leaves = check_tiles(folder, vkey)
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    _, size, root = open_note(document["checkpoint"], vkey)
    need(size <= len(leaves) and tree_hash(leaves[:size]) == root, "the proof's tree is not the beginning of the tiles'")
    print("same: the proof's tree is the beginning of the tiles'")


def run(command, subject, other):
    if command == "same":
        check_same(subject, other)
        return
    vkey = parse_vkey(Path(other[1:]).read_text(encoding="utf-8") if other.startswith("@") else other)
    {"tiles": check_tiles, "proof": check_proof, "receipt": check_receipt}[command](subject, vkey)


def main(arguments):
    if len(arguments) != 3 or arguments[0] not in ("tiles", "proof", "receipt", "same"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        run(*arguments)
    except (Bad, KeyError, ValueError, struct.error) as problem:
        print(f"not good: {problem if isinstance(problem, Bad) else repr(problem)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
