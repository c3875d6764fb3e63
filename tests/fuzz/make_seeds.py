#!/usr/bin/python3
"""Makes the hand-written part of the seed corpora: make_seeds.py FOLDER. Nothing in them is real data; keys and numbers
are made by the harnesses themselves. Inputs that the fuzzer found later are kept beside them under their hash."""
import pathlib
import random
import struct
import sys


class Seeds:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def put(self, target, name, data):
        path = self.folder / target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


# ---- vault: step bytes as in fuzz_vault.c, play() ----
(ENROLL, MATCH, LOOKUP, REPLACE, ERASE, ENROLL_CITIZEN, UNLOCK, READ_LEDGER, ROTATE_KEYS, BACKUP, CONFIRM,
 RELEASE) = range(1, 13)
REGISTER, CHANGE, DELETE = 1, 2, 3
START, NO_START, TURN = b"\0", b"\1", b"\0"
START_RETENTION, START_NO_BACKUP_KEY = b"\2", b"\4"
FRONT, AUTH, WARDEN = 0, 1, 2


def open_session(session, permit=1, tenant=0, ttl=60000):
    return struct.pack("<BBBBH", 3, session, tenant, permit, ttl)


def call(session, operation, purpose, *items, jump=0):
    out = struct.pack("<BBBBBB", 12, session, jump, operation, purpose, len(items) - 1)
    return out + b"".join(struct.pack("<BBB", *item) for item in items)


def citizen(session, choice, number):
    return struct.pack("<BBBB", 6, session, choice, number)


def frame(peer, kind, body, reply_to=0):
    return struct.pack("<BBHBH", 2, peer, kind, reply_to, len(body)) + body


def raw(peer, data):
    return struct.pack("<BBB", 1, peer, len(data)) + data


def plain(session, method, text, jump=0):
    return struct.pack("<BBBBH", 5, session, jump, method, len(text)) + text


def clock(units):
    return struct.pack("<BH", 7, units)


def ledger(which, session, first, more=0):
    return struct.pack("<BBBB", 13, which | more << 3, session, first)


def read_backup(pieces):
    return struct.pack("<BB", 15, 2 | (pieces - 1) << 2)


def read_piece(piece, stop=False):
    return struct.pack("<BB", 15, 1 | piece << 2 | (0x80 if stop else 0))


def bulk(session, eights, enroll=False):
    return struct.pack("<BBB", 16, session, (eights - 1) | (0x40 if enroll else 0))


def head(operation, purpose, count, version=1):
    return struct.pack("<HHHHII16s", version, operation, purpose, 0, count, 0, b"case")


def vault(seeds):
    def put(name, *steps):
        seeds.put("vault", name, b"".join(steps))

    hold, release, release_unpadded = b"\x0e", b"\x0e\1", b"\x0e\0"
    enrolled = [START, open_session(0), call(0, ENROLL, REGISTER, (0, 1, 0)), TURN]
    put("life_of_a_number", *enrolled, call(0, MATCH, CHANGE, (0, 0, 0)), call(0, LOOKUP, CHANGE, (0, 0, 0)), TURN,
        call(0, REPLACE, CHANGE, (0, 2, 1)), TURN, call(0, LOOKUP, DELETE, (0, 0, 0)),
        call(0, ERASE, DELETE, (0, 3, 0)), TURN, call(0, MATCH, DELETE, (0, 0, 1)))
    put("batch", START, open_session(0), call(0, ENROLL, REGISTER, *[(0, n, n) for n in range(8)]), TURN,
        call(0, MATCH, CHANGE, *[(n, 0, n) for n in range(8)]))
    put("group", *enrolled, *[call(0, MATCH, CHANGE, (0, 0, n % 3)) for n in range(12)])
    put("guesses_end", *enrolled, *[call(0, MATCH, CHANGE, (0, 0, n)) + TURN for n in range(1, 9)], clock(0xffff),
        clock(0xffff), open_session(0), call(0, MATCH, CHANGE, (0, 0, 5)))
    put("session_guesses", START, open_session(0), *[call(0, LOOKUP, CHANGE, (0, 0, n % 5)) + TURN for n in range(15)],
        struct.pack("<BB", 4, 0), open_session(0), *[call(0, LOOKUP, CHANGE, (0, 0, n % 5)) + TURN for n in range(8)])
    put("unlock", *enrolled, *[call(0, MATCH, CHANGE, (0, 0, 2)) for _ in range(5)], TURN, open_session(1, permit=1),
        call(1, UNLOCK, REGISTER, (0, 1, 0)), call(1, UNLOCK, CHANGE, (0, 0, 0)), TURN,
        call(0, MATCH, CHANGE, (0, 0, 0)))
    put("tenants_apart", *enrolled, open_session(2), call(2, LOOKUP, CHANGE, (0, 0, 0)),
        call(2, MATCH, CHANGE, (0, 0, 0)), call(2, ENROLL, REGISTER, (0, 1, 0)))
    put("replayed", *enrolled, call(0, MATCH, CHANGE, (0, 0, 0), jump=0x80), call(0, MATCH, CHANGE, (0, 0, 0), jump=70),
        TURN, call(0, MATCH, CHANGE, (0, 0, 0)))
    # session 3 serves a case: what it enrols is provisional
    put("confirmed", START, open_session(3), call(3, ENROLL, REGISTER, (0, 1, 0), (0, 2, 1)), TURN,
        call(3, CONFIRM, REGISTER, (0, 1, 0), (8, 2, 0)), TURN, call(3, RELEASE, REGISTER, (8, 1, 0)),
        call(3, ENROLL, REGISTER, (0, 1, 5)))
    put("released", START, open_session(3), call(3, ENROLL, REGISTER, (0, 1, 0)), TURN,
        call(3, ENROLL, REGISTER, (0, 1, 4)), call(3, RELEASE, REGISTER, (8, 1, 0), (8, 7, 0)), TURN,
        call(3, ENROLL, REGISTER, (0, 1, 4)), call(3, CONFIRM, REGISTER, (1, 1, 0)))
    put("compared", START, open_session(3), call(3, ENROLL, REGISTER, (0, 1, 3), (0, 2, 4)), TURN, citizen(3, 0x24, 4),
        citizen(3, 0x25, 3), TURN, citizen(3, 0x24, 4), citizen(3, 0x28, 4), citizen(3, 4, 4), citizen(3, 6, 5))
    put("citizen", START, open_session(0), citizen(0, 0, 3), TURN, citizen(0, 0, 3), citizen(0, 0x40, 4),
        citizen(0, 0x81, 4), citizen(0, 5, 9))
    put("permits", START, *[open_session(n, permit=4 * (n + 1)) for n in range(3)],
        *[call(n, op, CHANGE, (0, 1, 1)) for n in range(3) for op in (ENROLL, MATCH, LOOKUP)])
    put("table_full", START, *[open_session(n) for n in range(6)], struct.pack("<BB", 4, 2), open_session(5))
    put("ttl", START, open_session(0, ttl=1), clock(1), call(0, LOOKUP, CHANGE, (0, 0, 0)))
    put("owned_plaintext", START, open_session(0),
        plain(0, MATCH, head(MATCH, CHANGE, 1) + b"\xdd" + bytes(15) + bytes(16) + b"123456789018" + bytes(4)),
        plain(0, ENROLL, head(ENROLL, REGISTER, 1) + bytes(16) + b"r" * 16 + b"123456789018" + bytes(4)), TURN,
        plain(0, LOOKUP, head(LOOKUP, CHANGE, 2) + bytes(16 + 16) + b"123456789018" + bytes(4)),
        plain(0, UNLOCK, head(UNLOCK, CHANGE, 1) + bytes(16) + b"officer" + bytes(25)), plain(0, MATCH, b""),
        plain(0, MATCH, head(MATCH, CHANGE, 1, version=2)))
    put("foreign_call", START, frame(FRONT, 0x200, bytes(16) + struct.pack("<QHHI", 1, 2, 0, 96) + bytes(96)))
    put("foreign_open", START, frame(AUTH, 0x400, b"\xee" * 16 + struct.pack("<HHI32s", 11, 1, 1000, b"a") + bytes(96)))
    put("status_and_keys", START, b"\x0a", struct.pack("<BB", 9, 11), struct.pack("<BB", 9, 47))
    put("not_permitted_frames", START, frame(FRONT, 0x400, bytes(152)))
    put("warden_twice", START, struct.pack("<BB", 11, 0))
    put("one_record", *enrolled, hold, *[call(0, MATCH, CHANGE, (0, 0, n)) for n in range(3)], b"\x0a", release, TURN,
        hold, b"\x0a", struct.pack("<BB", 9, 11), b"\x0a", release_unpadded)
    put("record_of_two", START, raw(FRONT, b"SKSH" + struct.pack("<HHIIQQ", 1, 0x204, 48, 0, 1, 0) + bytes(16) +
        b"SKSH" + struct.pack("<HHIIQQ", 1, 0x204, 48, 0, 2, 0) + bytes(16)))
    put("long_group", START, hold, *[b"\x0a" for _ in range(100)], release, hold, *[b"\x0a" for _ in range(100)])
    put("ledger", *enrolled, ledger(0, 0, 0), ledger(1, 0, 1, 1), ledger(5, 0, 0, 1), ledger(2, 0, 0), ledger(3, 0, 0, 9),
        ledger(7, 0, 0, 9), ledger(3, 1, 0), open_session(3, permit=0), ledger(3, 3, 0))
    bad = (0, 0, 7)
    put("ledger_page_full", *enrolled, *[bulk(0, 64) + TURN] * 4, bulk(0, 10), call(0, LOOKUP, CHANGE, *[bad] * 12),
        call(0, LOOKUP, CHANGE, bad), TURN, call(0, LOOKUP, CHANGE, bad), TURN, ledger(3, 0, 0, 15))
    put("rotation", *enrolled, call(0, ROTATE_KEYS, CHANGE, (0, 3, 0)), TURN, call(0, MATCH, CHANGE, (0, 0, 0)),
        call(0, ROTATE_KEYS, CHANGE, (0, 1, 0)), TURN, call(0, MATCH, CHANGE, (0, 0, 3)), TURN, clock(0xffff))
    put("drain", *enrolled, struct.pack("<BB", 11, 1))
    backup = call(0, BACKUP, CHANGE, (0, 0, 0)) + TURN
    put("backup", *enrolled, backup, read_backup(2), call(0, MATCH, CHANGE, (0, 0, 0)), read_backup(1), backup, read_backup(8))
    put("backup_chunks", *enrolled, bulk(0, 64), TURN, bulk(0, 64), TURN, bulk(0, 50, True), TURN, backup, read_backup(1),
        bulk(0, 32), read_backup(1), *enrolled[2:], read_backup(8))
    put("backup_rotation", *enrolled, bulk(0, 4, True), TURN, call(0, ROTATE_KEYS, CHANGE, (0, 3, 0)), TURN, backup,
        read_backup(8), clock(100), backup, read_backup(8))
    put("backup_erased", *enrolled, call(0, REPLACE, CHANGE, (0, 2, 1)), TURN, call(0, ERASE, DELETE, (0, 3, 0)), TURN,
        backup, read_backup(8))
    put("backup_out_of_turn", *enrolled, backup, read_piece(1), read_backup(1), backup, read_backup(1), read_piece(0),
        backup, read_piece(0, stop=True), read_backup(1), struct.pack("<BB", 15, 0))
    put("backup_twice", *enrolled, backup, backup, call(0, BACKUP, CHANGE, (0, 0, 0), (0, 0, 0)), TURN, clock(100), backup,
        read_backup(8))
    put("backup_unread", *enrolled, backup, read_backup(1), clock(100), TURN, read_backup(1))
    put("backup_no_key", START_NO_BACKUP_KEY, *enrolled[1:], backup, read_backup(1))
    put("backup_stalled", *enrolled, bulk(0, 64), TURN, bulk(0, 64), TURN, backup, b"\x08", read_backup(8), read_backup(8),
        b"\x08", TURN, read_backup(8))
    put("backup_group", *enrolled, backup, hold, call(0, ENROLL, REGISTER, (0, 5, 2)), read_backup(8), release)
    put("retention_early", START_RETENTION, *enrolled[1:], clock(0xffff), open_session(1), TURN, ledger(3, 1, 0, 9))
    put("retention", START_RETENTION, *enrolled[1:], bulk(0, 1), TURN, *[clock(0xffff)] * 2, open_session(1),
        call(1, LOOKUP, CHANGE, (0, 0, 0)), TURN, ledger(3, 1, 0, 9), TURN, ledger(1, 1, 1, 1), ledger(5, 1, 0, 1),
        call(1, BACKUP, CHANGE, (0, 0, 0)), TURN, read_backup(8))
    put("sealed_phase", NO_START, frame(FRONT, 0x204, b""), struct.pack("<BB", 11, 0))
    put("stalled_reader", *enrolled, b"\x08", *[call(0, LOOKUP, CHANGE, *[(0, 0, 0)] * 16) + TURN for _ in range(20)])
    put("raw_header", START, raw(FRONT, b"SKSH" + struct.pack("<HHIIQQ", 1, 0x204, 48, 0, 1, 0) + bytes(16)))


# ---- accounts: step bytes as in fuzz_accounts.c ----
OWNER, DEPUTY, ADMIN, AUDITOR, TANAKA, SATO, CENTRE, NEW = range(8)
(CHANGE_PASSWORD, AGREE_TERMS, SHOW_OWN, ENROLL_OTP, CONFIRM_OTP, ACCOUNT_REQUEST, APPROVE, ISSUE, LOCK, UNLOCK, SUSPEND,
 RESUME, RETURN, RESET, INSPECT, LIST, LIST_SESSIONS, END_SESSION, ADD, REMOVE, TERMINALS, RECORDS, REVIEW) = range(23)
TEMPORARY, FIRST, SECOND, THIRD, COMMON, SHORT, WRONG = range(7)


def accounts(seeds):
    def put(name, *steps, rules=0):
        seeds.put("accounts", name, bytes([rules]) + b"".join(steps))

    def login(account, choice=0, password=FIRST):
        return bytes([8, account, choice, password])

    def act(session, operation, *rest):
        return bytes([0, session, operation, *rest])

    def clock(unit, count):
        return struct.pack("<BBb", 14, unit, 4 * count)

    sweep = b"\x0d"
    # The owner is session 0, the administrator 1, the deputy 2.
    ins = login(OWNER) + login(ADMIN) + login(DEPUTY)
    put("life", ins, act(1, ACCOUNT_REQUEST, NEW, 4, 1, 7, 0), act(0, APPROVE, NEW), act(1, ISSUE, NEW), act(0, INSPECT, NEW),
        act(1, LOCK, NEW), act(0, UNLOCK, NEW), act(1, SUSPEND, NEW), act(0, RESUME, NEW, 0), act(1, RESET, NEW), act(1, RETURN, NEW))
    put("first_login", ins, act(1, ACCOUNT_REQUEST, NEW, 4, 1, 7, 0), act(0, APPROVE, NEW), act(1, ISSUE, NEW), login(NEW, 0, TEMPORARY),
        act(3, LIST, 0, 0, 0), act(3, CHANGE_PASSWORD, 0, TEMPORARY, SHORT), act(3, CHANGE_PASSWORD, 0, TEMPORARY, SECOND),
        act(3, AGREE_TERMS, 0), login(NEW, 0, TEMPORARY), login(NEW, 0, SECOND), act(1, RESET, NEW), clock(2, 8), login(NEW, 0, TEMPORARY))
    put("same_person", ins, act(0, ACCOUNT_REQUEST, NEW, 4, 1, 7, 0), act(0, APPROVE, NEW), act(2, APPROVE, NEW),
        act(0, LOCK, SATO), act(0, UNLOCK, SATO), act(1, UNLOCK, SATO), act(0, RESET, SATO), act(0, RESET, OWNER))
    put("owner_alone", ins, act(1, LOCK, DEPUTY), act(1, UNLOCK, DEPUTY), act(1, RESET, ADMIN), act(0, RESET, ADMIN),
        act(0, ACCOUNT_REQUEST, NEW, 1, 2, 7, 0), act(0, APPROVE, NEW))
    put("guesses", *[login(TANAKA, 0, WRONG) for _ in range(6)], clock(1, 1), login(TANAKA), login(TANAKA, 0, WRONG), clock(2, -30), login(TANAKA))
    put("locked", *[login(TANAKA, 0, WRONG) * 5 + clock(2, 1) for _ in range(10)], login(TANAKA))
    put("guesses_inside", login(TANAKA), *[act(0, CHANGE_PASSWORD, 0, WRONG, SECOND) for _ in range(6)], *[clock(2, 1) +
        act(0, CHANGE_PASSWORD, 0, WRONG, SECOND) * 5 for _ in range(9)])
    put("passwords", login(TANAKA), act(0, CHANGE_PASSWORD, 0, FIRST, SECOND), act(0, CHANGE_PASSWORD, 0, SECOND, FIRST),
        act(0, CHANGE_PASSWORD, 0, SECOND, COMMON), act(0, CHANGE_PASSWORD, 0, SECOND, THIRD), login(TANAKA), login(TANAKA, 0, THIRD), act(0, AGREE_TERMS, 0), act(0, AGREE_TERMS, 1))
    put("second_factor", login(OWNER), act(0, ENROLL_OTP, 0, FIRST), act(0, CONFIRM_OTP, 0), login(OWNER), clock(1, 2), login(OWNER),
        login(OWNER), act(0, SHOW_OWN, 0), act(0, LIST, 0, 0, 0), rules=1)
    put("terminals", ins, act(1, ADD, 1 + 3), act(1, ADD, 2 + 3), act(1, ADD, 2 + 6), login(TANAKA, 4), login(SATO, 8),
        act(1, REMOVE, 1), act(1, REMOVE, 0), login(TANAKA, 4), act(0, TERMINALS, 0, 0), act(1, ADD, 1 + 3))
    put("contract", login(CENTRE), clock(3, 1), login(CENTRE), clock(3, 1), sweep, login(CENTRE), login(OWNER), act(0, RESUME, CENTRE, 0),
        act(0, RESUME, CENTRE, 1), login(CENTRE))
    put("dormant", login(OWNER), clock(3, 2), sweep, login(OWNER), login(TANAKA))
    put("lists", ins, act(0, LIST, 2, 0, 1, 2), act(0, LIST_SESSIONS, 1, 0), act(0, RECORDS, 3), act(0, REVIEW, 2), act(2, END_SESSION, ADMIN))
    for number in range(16):
        put(f"mixed_{number:02}", ins, random.Random(number).randbytes(1500), rules=number & 1)


# ---- auth: step bytes as in fuzz_auth.c, play() ----
CHALLENGE, REPEAT, LOGOUT, ANSWER, CLOCK, WARDEN_STEP, LOGIN = range(2, 9)
APPROVER, CLOSED, TANAKA, OTHER_TANAKA, UNSERVED = range(5)


def auth(seeds):
    def put(name, *steps):
        seeds.put("auth", name, b"".join(steps))

    def challenge(tenant=11):
        return bytes([CHALLENGE, tenant])

    def login(account, which=0, flags=0, *changes, tail=b""):
        patches = b"".join(struct.pack("<HB", at, value) for at, value in changes)
        return bytes([LOGIN, account, which, flags | len(changes)]) + patches + tail

    opened, refused, closed = bytes([ANSWER, 1, 0]), bytes([ANSWER, 0, 0]), bytes([ANSWER, 3, 0])
    put("login_logout", START, challenge(), login(TANAKA), opened, bytes([LOGOUT, 0]), closed, bytes([LOGOUT, 0x80]))
    put("vault_full", START, challenge(), login(APPROVER), refused)
    put("wrong_accounts", START, *[challenge() + login(a, n) for n, a in enumerate([CLOSED, UNSERVED, OTHER_TANAKA])])
    put("stretched_account", START, challenge(), login(TANAKA, 0, 0, (4, 24)), opened)
    put("wrong_password", START, challenge(), login(TANAKA, 0, 0, (104, 0x58)))
    put("wrong_layout", START, *[challenge() + login(TANAKA, n, 0, change) for n, change in enumerate(
        [(0, 2), (2, 13), (4, 0), (6, 0), (100, 1), (232, 1), (240, 1)])])
    put("low_order_point", START, challenge(), login(TANAKA, 0, 0, *[(8 + n, 0) for n in range(7)]))
    put("certificate", START, challenge(), login(TANAKA, 0, 0x20, tail=b"\1\1"), challenge(), login(TANAKA, 1, 0, (40, 1)))
    put("tenant", START, challenge(), login(TANAKA, 0, 0x80, tail=struct.pack("<H", 13)))
    put("challenge_foreign", START, challenge(), login(TANAKA, 0, 0x40, tail=b"\0\1"), login(TANAKA, 5))
    put("challenge_expired", START, challenge(), struct.pack("<BH", CLOCK, 5000), login(TANAKA))
    put("repeat", START, challenge(), login(TANAKA), bytes([REPEAT, 0]), opened, bytes([REPEAT, 0]))
    put("broken_seal", START, challenge(), login(TANAKA, 0, 0x10, tail=struct.pack("<HB", 300, 1)))
    put("sessions_full", START, *[challenge() + login(TANAKA, n) + opened for n in range(5)],
        struct.pack("<BH", CLOCK, 0xffff), challenge(), login(TANAKA, 5), opened)
    put("unasked_answer", START, opened)
    put("confused_answer", START, challenge(), login(TANAKA), closed)
    put("drain", START, challenge(), login(TANAKA), bytes([WARDEN_STEP, 1]), opened)
    put("frame", START, struct.pack("<BBHBH", 1, 0, 0x300, 0, 8) + struct.pack("<HHI", 11, 0, 0))
    put("reserved_field", START, struct.pack("<BBHBH", 1, 0, 0x300, 0, 8) + struct.pack("<HHI", 11, 1, 0))
    put("raw", START, struct.pack("<BBB", 0, 0, 48) + b"SKSH" + bytes(44))


def hpke(seeds):
    seeds.put("hpke", "honest", b"\0\7\4\3infoaadplaintext")
    seeds.put("hpke", "honest_empty", bytes(4))
    seeds.put("hpke", "any_bytes", b"\1" + bytes(range(9, 41)) + b"\2in\3aad" + bytes(48))
    seeds.put("hpke", "small_order", b"\1" + bytes(32) + bytes(40))
    seeds.put("hpke", "order_eight", b"\1" + bytes.fromhex(
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800") + bytes(40))


# ---- backup: as fuzz_backup.c reads it ----
def backup(seeds):
    def put(name, data):
        seeds.put("backup", name, data)

    from_end = 1 << 31

    def damaged(*flips, cut=None, again=None, tail=b""):
        out = b"\1" + bytes([len(flips)]) + b"".join(struct.pack("<IB", *flip) for flip in flips)
        out += bytes([(cut is not None) | (2 if again is not None else 0)])
        out += struct.pack("<I", cut) if cut is not None else b""
        return out + (struct.pack("<H", again) if again is not None else b"") + tail

    def rows(*changes, flags=0, most=None, tenant=None):
        out = bytes([2, flags | (most is not None) | (2 if tenant is not None else 0)])
        out += struct.pack("<H", most - 512) if most is not None else b""
        return out + (struct.pack("<H", tenant) if tenant is not None else b"") + b"".join(changes)

    def flip(row, at, value):
        return struct.pack("<BHHB", 0, row, at, value)

    def new(at, kind, key, value):
        return struct.pack("<BHBB", 5, at, kind, len(key)) + key + struct.pack("<H", len(value)) + value

    put("empty", b"\0\0")
    put("head_only", b"\0\x70")
    put("first_chunk", b"\0\x70" + struct.pack("<II", 100, 1) + bytes(100))
    put("text", b"\0\0not a backup")
    put("other_version", b"\0\x10" + bytes(300))
    put("genuine", damaged())
    put("damaged", damaged((2000, 1)))
    put("damaged_head", damaged((30, 1)))
    for name, at in (("signature", 10), ("key", 70), ("hash", 100), ("magic", 140)):
        put("damaged_end_" + name, damaged((from_end | at, 4)))
    put("two_ends", damaged(again=144))
    put("cut_end", damaged(cut=from_end | 1))
    put("without_end", damaged(cut=from_end | 144))
    put("chunk_length", damaged((112, 0xff)))
    put("cut", damaged(cut=3000))
    put("appended", damaged(tail=b"x"))
    put("rows_same", rows())
    put("small_chunks", rows(most=700))
    put("cut_rows", rows(flags=4, most=600))
    put("other_signer", rows(flags=8))
    put("other_tenant", rows(tenant=13))
    put("unknown_tenant", rows(tenant=12))
    for kind, at in (("kind", 0), ("key_length", 2), ("value_length", 4), ("key", 8), ("value", 40)):
        put("row_" + kind, rows(flip(20, at, 1)))
    for row in range(0, 160, 16):
        put("value_%u" % row, rows(flip(row, 30, 0x80)))
    put("flags", rows(flip(0, 8 + 8 + 8, 0x0c)))
    put("resized", *[rows(struct.pack("<BHH", 1, row, 8)) for row in (30,)])
    put("removed", rows(struct.pack("<BHB", 2, 25, 0)))
    put("removed_many", rows(struct.pack("<BHB", 2, 5, 30)))
    put("twice", rows(struct.pack("<BHH", 3, 30, 30)))
    put("swapped", rows(struct.pack("<BHH", 4, 30, 31)))
    put("database_first", rows(new(0, 1, b"", bytes(16))))
    put("database_dupsort", rows(new(0, 1, b"12.meta", struct.pack("<QII", 1, 0x04, 0)), new(1, 2, b"keys", b"x")))
    put("database_integer", rows(new(0, 1, b"99", struct.pack("<QII", 2, 0x08, 0)), new(1, 2, b"k", b"x"),
                                 new(2, 2, b"key", b"y")))
    put("tenant_row", rows(new(1, 3, b"", bytes(160))))


def frame_headers(seeds):
    vault_table, auth_table, front_table = 0, 1, 2
    warden, from_front, from_auth, from_vault = range(4)
    sealed, serving, draining = 1, 2, 3

    def put(name, table, peer, phase, kind, reply_to, body, what=15, extra=0, last_seq=6):
        data = bytes([table, peer, phase, last_seq, what | (16 if extra else 0)])
        data += struct.pack("<H", extra) if extra else b""
        data += b"SKSH" + struct.pack("<HHIIQQ", 1, kind, 48 + body, 0, 7, reply_to) + bytes(16) + bytes(body)
        seeds.put("frame", name, data)

    put("start", vault_table, warden, sealed, 0x102, 0, 0)
    put("call", vault_table, from_front, serving, 0x200, 0, 64)
    put("long_call", vault_table, from_front, serving, 0x200, 0, 64, extra=30000)
    put("too_long_call", vault_table, from_front, serving, 0x200, 0, 64, extra=0xffff)
    put("open", vault_table, from_auth, serving, 0x400, 0, 152)
    put("login", auth_table, from_front, serving, 0x302, 0, 392)
    put("open_reply", auth_table, from_vault, draining, 0x401, 3, 8)
    put("call_reply", front_table, from_vault, serving, 0x201, 9, 16)
    put("seq_skipped", vault_table, from_front, serving, 0x204, 0, 0, what=7, last_seq=5)
    put("seq_repeated", vault_table, from_front, serving, 0x204, 0, 0, what=7, last_seq=7)
    put("other_build", vault_table, from_front, serving, 0x204, 0, 0, what=13)
    put("other_length", vault_table, from_front, serving, 0x200, 0, 64, what=11, extra=1)
    put("wrong_phase", vault_table, from_front, sealed, 0x204, 0, 0)
    put("wrong_peer", vault_table, from_auth, serving, 0x200, 0, 64)
    put("unmended", vault_table, from_front, serving, 0x204, 0, 0, what=0)
    put("request_with_reply_to", vault_table, from_front, serving, 0x204, 1, 0)
    seeds.put("frame", "short", bytes([0, 1, 2, 0, 15]) + b"SKSH")


# ---- protobuf by hand: field numbers are those of proto/ ----
def varint(value):
    out = b""
    while value > 0x7f:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


SESSION = "prefectures/11/sessions/0102030405060708090a0b0c0d0e0f10"


def sealed_call(session=SESSION, sequence=1, length=96):
    return field(1, field(1, session) + field(2, sequence) + field(3, bytes(length)))


def services(seeds):
    session_service, number_service, system_service, ledger_service, backup_service = range(5)
    account_service, terminal_service, access_service = range(5, 8)
    nobody = 0x40  # the session's role may call nothing
    vault_peer, auth_peer, warden_peer = range(3)

    def put(name, *steps):
        seeds.put("services", name, b"".join(steps))

    def rpc(service, method, message, other_certificate=False):
        return struct.pack("<BBBH", 4, service, method | (0x80 if other_certificate else 0), len(message)) + message

    def stream(what, message=b"", unread=False):
        return struct.pack("<BBBH", 1, 0, what | (8 if unread else 0), len(message)) + message

    def answer(peer, back, content):
        return struct.pack("<BBB", 2, peer, back) + content

    later = struct.pack("<BH", 3, 4000)
    key, login_method, logout = (lambda m: rpc(session_service, 0, m)), 1, 2
    good_login = field(1, "prefectures/11") + field(2, bytes(32)) + field(3, bytes(32)) + field(4, bytes(288))
    login_ok = b"\0" + struct.pack("<HHHHII", 0, 11, 4, 0, 60000, 0) + b"s" * 16 + b"tanaka".ljust(32, b"\0") + bytes(128)
    put("sealing_key", key(field(1, "prefectures/11")), answer(vault_peer, 0, b"\0\1" + bytes(39)),
        answer(auth_peer, 0, b"\0\1" + bytes(71)), key(field(1, "prefectures/11")), answer(auth_peer, 0, bytes(73)))
    put("sealing_key_unknown", key(field(1, "prefectures/47")), answer(vault_peer, 0, bytes(41)))
    put("names", *[key(field(1, name)) for name in ("", "prefectures/0", "prefectures/48", "prefectures/11/x", "\u30a2")])
    put("login", rpc(session_service, login_method, good_login), answer(auth_peer, 0, login_ok),
        rpc(session_service, logout, field(1, "prefectures/11/sessions/" + "73" * 16)),
        answer(auth_peer, 0, b"\0\1" + bytes(7)))
    put("login_refused", rpc(session_service, login_method, good_login), answer(auth_peer, 0, b"\0\6" + bytes(191)))
    put("login_lengths", rpc(session_service, login_method, good_login + field(4, bytes(287))))
    put("match", rpc(number_service, 1, sealed_call()), answer(vault_peer, 0, b"\1"))
    put("refused", *[rpc(number_service, n % 5, sealed_call()) + answer(vault_peer, 0, struct.pack("<BH", 0, n))
                     for n in range(12)])
    put("batch", rpc(number_service, 0, sealed_call(length=900)), answer(vault_peer, 0, b"\x1f"))
    put("wrong_certificate", rpc(number_service, 1, sealed_call(), other_certificate=True))
    put("other_prefecture", rpc(number_service, 1, sealed_call(session=SESSION.replace("11", "13", 1))))
    put("fields", rpc(number_service, 1, b""), rpc(number_service, 1, sealed_call(sequence=0)),
        rpc(number_service, 1, sealed_call(length=95)), rpc(number_service, 1, field(7, 1)),
        rpc(number_service, 1, field(1, field(1, b"\xff"))), rpc(number_service, 1, field(1, field(2, "x"))))
    put("stream", rpc(number_service, 5, sealed_call()), *[stream(3, sealed_call(sequence=n)) for n in range(2, 12)],
        *[answer(vault_peer, 10 - n, b"\1") for n in range(3)], stream(2), stream(0))
    put("stream_fails", rpc(number_service, 5, sealed_call()), stream(3, sealed_call(sequence=0)),
        answer(vault_peer, 0, struct.pack("<BH", 0, 3)))
    put("stream_cancelled", rpc(number_service, 5, sealed_call()), stream(1), answer(vault_peer, 0, b"\1"))
    put("stream_unread", rpc(number_service, 5, sealed_call()), stream(3, sealed_call(), unread=True), stream(2))
    put("late", rpc(number_service, 1, sealed_call()), later, rpc(number_service, 1, sealed_call()),
        answer(vault_peer, 0, b"\1"), rpc(number_service, 1, sealed_call()))
    put("attestation", rpc(system_service, 0, b""), answer(warden_peer, 0, b"\0" + b"\1" * 1304))
    put("status", rpc(system_service, 1, b""), answer(vault_peer, 0, b"\0" + struct.pack("<IIHHIQQ", 3, 1, 11, 0, 0, 9, 9)),
        answer(warden_peer, 0, bytes(1305)))
    put("status_alone", rpc(system_service, 1, b""), later, later)
    parent = field(1, "prefectures/11")
    put("ledger_head", rpc(ledger_service, 0, parent), answer(vault_peer, 0, b"\0\1" + bytes(144)))
    put("ledger_proofs", rpc(ledger_service, 1, field(1, "prefectures/11/ledgerEntries/5") + field(2, 9)),
        answer(vault_peer, 0, b"\3"), rpc(ledger_service, 2, parent + field(2, 3) + field(3, 9)),
        answer(vault_peer, 0, b"\4"), rpc(ledger_service, 2, parent), answer(vault_peer, 0, b"\0\2"))
    put("ledger_hashes", rpc(ledger_service, 3, parent + field(2, 1) + field(3, 5)), answer(vault_peer, 0, b"\5"))
    put("ledger_entries", rpc(ledger_service, 4, sealed_call()), answer(vault_peer, 0, b"\1\1"),
        rpc(ledger_service, 4, sealed_call(sequence=2)), answer(vault_peer, 0, b"\0\7\0"))

    def bulk(service, method, items, stream=False):
        return struct.pack("<BBBBH", 6, service | (0x80 if stream else 0), method, 0, (48 + items * 48) // 2)

    put("bulk", *[bulk(number_service, 1, 600) for _ in range(6)], rpc(number_service, 1, sealed_call()),
        *[answer(vault_peer, 7, b"\x1f") for _ in range(8)])
    put("bulk_lengths", *[bulk(number_service, n, items) for n, items in enumerate([0, 1, 42, 2048, 2049])], later, later)
    put("bulk_stream", bulk(number_service, 5, 2048), *[bulk(number_service, 5, 2048, stream=True) for _ in range(12)],
        answer(vault_peer, 0, b"\x1f"), stream(0), later)
    allowed = bulk(backup_service, 0, 1) + answer(vault_peer, 0, b"\1\2")
    piece, last, gone = b"\x10\0", b"\x1f\1", b"\0\x10"
    put("backup", allowed, *[answer(vault_peer, 0, piece) for _ in range(3)], answer(vault_peer, 0, last))
    put("backup_refused", bulk(backup_service, 0, 1), answer(vault_peer, 0, b"\1\0"), bulk(backup_service, 0, 1),
        answer(vault_peer, 0, struct.pack("<BH", 0, 7)))
    put("backup_gone", allowed, answer(vault_peer, 0, gone))
    put("backup_late", allowed, later, later)
    put("backup_cancelled", allowed, answer(vault_peer, 0, piece), stream(1), answer(vault_peer, 0, piece))
    def account(service, method):
        return struct.pack("<BBBBH", 6, service, method, 0, 1168 // 2)

    put("account_calls", *[account(account_service, n) + answer(auth_peer, 0, bytes(3)) for n in range(18)],
        *[account(terminal_service, n) + answer(auth_peer, 0, bytes(3)) for n in range(3)])
    put("account_refused", *[account(account_service, n) + answer(auth_peer, 0, struct.pack("<BH", 0, n))
                             for n in range(1, 8)])
    put("account_length", rpc(account_service, 3, sealed_call()), rpc(account_service, 3, b""))
    put("account_late", account(account_service, 7), later, later, later, later, later, later, answer(auth_peer, 0, bytes(3)))
    put("roles", account(account_service | nobody, 6), rpc(number_service | nobody, 1, sealed_call()),
        rpc(ledger_service | nobody, 4, sealed_call()), answer(auth_peer, 0, bytes(3)))
    put("session_ended", rpc(number_service, 1, sealed_call()),
        struct.pack("<BBHBH", 0, auth_peer, 0x0308, 0, 16) + bytes(range(1, 17)), answer(vault_peer, 0, b"\1"),
        rpc(number_service, 1, sealed_call(sequence=2)))
    put("terms", rpc(system_service, 2, b""))
    put("access_records", rpc(access_service, 0, parent), answer(auth_peer, 0, b"\0\1" + bytes(144)),
        rpc(access_service, 3, parent + field(2, 1) + field(3, 5)), answer(auth_peer, 0, b"\5"),
        account(access_service, 4), answer(auth_peer, 0, bytes(3)))
    put("backup_unread", allowed, stream(2, unread=True), answer(vault_peer, 0, piece), stream(2))
    put("backup_lies", allowed, answer(vault_peer, 0, b"\1\x08"))
    put("backup_empty_piece", allowed, answer(vault_peer, 0, b"\0\0"))
    put("foreign_answer", struct.pack("<BBHBH", 0, 0, 0x201, 1, 16) + bytes(16))
    put("not_asked", rpc(number_service, 1, sealed_call()), struct.pack("<BBHBH", 0, 0, 0x203, 1, 40) + bytes(40))


def csv(seeds):
    rows = {
        "plain": "number,reference\n123456789018,00112233445566778899aabbccddeeff\n",
        "japanese": "\ufeff\u500b\u4eba\u756a\u53f7,\u53c2\u7167\u756a\u53f7\r\n123456789018,\r\n",
        "quoted": '"number","a ""b"", c"\n"1234\n56","x"\r\n\r\n"",\n',
        "bad_quotes": 'a"b,c\n"x"y,z\n"open\n',
        "full_width": "number\n\uff11\uff12\uff13\uff14\n1234-5678-9018\n1234\u30005678\u30009018\n12345678901x\n",
        "lone_cr": "a\rb\r\rc",
        "many_fields": ",".join(["1"] * 70) + "\n",
        "short": '"a",\n\u00e9,"\n"\n',
    }
    for name, text in rows.items():
        seeds.put("csv", name, text.encode())
    seeds.put("csv", "zero_byte", b"a\0b,c\n1,2\n")
    seeds.put("csv", "not_utf8", b"\xef\xbc,\xff\n")
    seeds.put("csv", "empty", b"")
    seeds.put("csv", "large_row", b"x" * 16500 + b"\n1\n")


def identity(seeds):
    def person(sex, wild, *lines):
        return bytes((sex, wild)) + "".join(line + "\n" for line in lines).encode()

    hanako = ("\u662d\u548c63\u5e744\u67081\u65e5", "\u5c71\u5d0e\u3000\u82b1\u5b50",
              "\u30e4\u30de\u30b6\u30ad \u30cf\u30ca\u30b3", "\u57fc\u7389\u770c-012345",
              "\u57fc\u7389\u770c\u3055\u3044\u305f\u307e\u5e02\u6d66\u548c\u533a\u898b\u672c\u753a"
              "\u4e8c\u5341\u4e00\u756a\u5730\u306e3 A\u68df101\u53f7\u5ba4")
    folded = ("S63.4.1", "\u5c71\ufa11\U000e0101\u82b1\u5b50", "\uff94\uff8f\uff7b\uff9e\uff77", "1988-04",
              "\u3055\u3044\u305f\u307e\u5e02\u6d66\u548c\u533a\u898b\u672c\u753a\uff12\uff11\u2212\uff13")
    seeds.put("identity", "same", person(2, 0, *hanako) + person(2, 0, *folded))
    seeds.put("identity", "wildcard", person(2, 0, *hanako) + person(2, 1, *folded) + b"\0\1\0\0")
    seeds.put("identity", "grid", person(1, 0, "19880400", "\u4f50\u3005\u6728", "\u308f\u3099", "\u660e\u6cbb45.7.30",
              "\u5317\u6d77\u9053\u672d\u5e4c\u5e02\u4e2d\u592e\u533a\u5317\u4e00\u6761\u897f2-3"))
    seeds.put("identity", "odd", person(0, 0, "\u4e0d\u8a73", "\u3231\u2f00\ue000\u2460", "\u30fb", "319880401", "1\u53f72\u68df3"))
    seeds.put("identity", "not_utf8", b"\1\0\xff\n\xe3\x81\n\xed\xa0\x80\n\n\xc0\xaf\n")
    seeds.put("identity", "empty", b"")


def config(seeds):
    good = """# a comment
store = /srv/sekisho/store
root_key = /srv/sekisho/root.key
login_key = /srv/sekisho/login.key
accounts = /srv/sekisho/accounts
register = /srv/sekisho/register
terms_file = /srv/sekisho/terms.txt
terms_version = 1
server_certificate = /srv/sekisho/server.pem
server_key = /srv/sekisho/server.key
client_ca = /srv/sekisho/ca.pem
run_folder = /run/sekisho/
listen = 127.0.0.1:7600
socket = /run/sekisho-front/front.sock
prefectures = 11, 13,47
store_size_gib = 4
session_ttl_s = 3600
session_max = 64
uid_base = 64200
"""

    def put(name, text):
        seeds.put("config", name, text.encode())

    put("good", good)
    put("only_socket", good.replace("listen", "# listen"))
    put("ipv6", good.replace("127.0.0.1:7600", "[::1]:7600"))
    put("bad_address", good.replace("127.0.0.1:7600", "[::1:7600"))
    put("bad_port", good.replace(":7600", ":65536"))
    put("twice", good + "store = /other\n")
    put("unknown", good + "stoer = /other\n")
    put("prefecture_twice", good.replace("13", "11"))
    put("prefecture_range", good.replace("13", "48"))
    put("long_line", good + "x" * 1030 + "\n")
    put("long_path", good.replace("/srv/sekisho/store", "/" + "p" * 255))
    put("no_value", good.replace("= 64\n", "\n"))
    put("no_newline", good[:-1])
    root = "root_key = /srv/sekisho/root.key\n"
    put("passphrase", good.replace(root, "root_key = passphrase:/k\nroot_key_secret = /run/credentials/pass\n"))
    token = "root_key = token:/k\nroot_key_token = pkcs11:object=sekisho\nroot_key_module = /m.so\n"
    put("token", good.replace(root, token + "root_key_environment = SOFTHSM2_CONF=/etc/softhsm2.conf\n"))
    put("token_with_pin", good.replace(root, token.replace("sekisho", "sekisho?pin-value=1")))
    put("token_unused", good + "root_key_token = pkcs11:object=sekisho\n")
    put("environment_of_linker", good.replace(root, token + "root_key_environment = LD_PRELOAD=/x\n"))
    put("retention", good + "ledger_retention_days = 0\n")
    put("retention_range", good + "ledger_retention_days = 36501\n")
    put("guesses", good + "guesses_change = reference_day:5  tenant_day:100000000\nguesses_delete = session:0\n")
    put("guesses_range", good + "guesses_change = session:100000001\n")
    put("guesses_twice", good + "guesses_register = session:1 session:2\n")
    put("backup_key", good + "backup_public_key = " + "0a" * 32 + "\n")
    put("backup_key_zero", good + "backup_public_key = " + "0" * 64 + "\n")
    put("backup_key_case", good + "backup_public_key = " + "0A" * 32 + "\n")
    seeds.put("config", "zero_byte", good.encode().replace(b"64200", b"642\x0000"))


def client(seeds):
    def put(name, data):
        seeds.put("client", name, data)

    def detail(kind, message):
        return field(3, field(1, "type.googleapis.com/google.rpc." + kind) + field(2, message))

    details = (field(1, 3) + field(2, "text") +
               detail("ErrorInfo", field(1, "BAD_LENGTH") + field(2, "sekisho.dev")) +
               detail("BadRequest", field(1, field(1, "call.ciphertext") + field(2, "too short"))) +
               detail("RetryInfo", field(1, field(1, 86400) + field(2, 999999999))) +
               detail("LocalizedMessage", field(1, "ja-JP") + field(2, "\u77ed\u3059\u304e\u307e\u3059")))
    put("details", b"\0\3\4text" + details)
    put("details_hostile", b"\0\3\6a\x1b[2J\xc2\x9b" + detail("ErrorInfo", field(1, b"\x1b]0;") + field(2, "sekisho.dev")))
    put("details_retry", b"\0\x0e\0" + detail("RetryInfo", field(1, field(1, 5) + field(2, (1 << 64) - 5))))
    put("details_retry_negative", b"\0\x0e\0" + detail("RetryInfo", field(1, field(1, 0) + field(2, (1 << 64) - 2000000000))))
    head = struct.pack("<HHHHIIQq32sQ32s64s", 1, 1, 1, 0, 3, 0, 41, 1, b"leaf", 42, b"root", b"signature")
    items = b"".join(struct.pack("<16sB3s", b"reference", 1, b"") for _ in range(3))
    reply = field(1, field(1, 1) + field(2, head + items) + field(3, bytes(76)))
    put("reply_genuine", b"\1\1" + struct.pack("<H", len(reply)) + reply + b"\1" + bytes(19) + b"\2" + bytes(19) + b"\3")
    put("reply_forged", b"\1\0" + struct.pack("<H", len(reply)) + reply)
    put("reply_empty", b"\1\1\0\0")
    put("text", b"\2ok \xe5\x8f\x82\xc2\x9b\x1b[31m\xff\x7f")
    state = struct.pack("<8sHHHHqQ16s32s", b"SKSHSESS", 1, 11, 3, 0, 1, 257, b"s" * 16, b"reception01") + bytes(160)
    put("session_file", b"\3\3" + state)
    put("session_file_short", b"\3\1\x20" + state)
    put("session_file_other_certificate", b"\3\3" + state[:112] + b"\1" + state[113:])

    def answers(which, *messages):
        return b"\4" + bytes([which]) + b"".join(struct.pack("<H", len(m)) + m for m in messages)

    key = field(1, bytes(range(32))) + field(2, bytes(32)) + field(3, field(1, 60)) + field(4, bytes(32))
    put("login", answers(0, key, field(1, SESSION) + field(2, b"\x09" + bytes(31)) + field(3, bytes(96)) +
                         field(4, field(1, 60))))
    put("login_name", answers(0, key, field(1, SESSION + "0") + field(2, b"\x09" + bytes(31)) + field(3, bytes(96))))
    put("login_key_zero", answers(0, field(1, bytes(32)) + field(2, bytes(32)) + field(4, bytes(32))))
    view = field(1, 1000) + field(2, 1000)
    process = field(1, "vault\x1b[0m") + field(2, 7) + field(3, view) + field(4, view) + field(16, "seccomp")
    put("attestation", answers(1, field(1, process) + field(1, process) + field(2, 1)))
    put("status", answers(2, field(1, "0.1.0") + field(2, field(1, 1700000000)) + field(3, field(1, 60) + field(2, 5)) +
                          field(7, field(1, "prefectures/11") + field(2, 5))))
    put("status_empty", answers(2, b""))
    put("status_times", answers(2, field(2, field(1, 1 << 62)) + field(3, field(1, (1 << 64) - (1 << 62)))))
    put("attestation_no_names", answers(1, field(1, b"")))
    put("status_no_times", answers(2, field(1, "0.1.0")))


# ---- ledger: as fuzz_ledger.c reads it ----
def ledger_texts(seeds):
    def put(name, data):
        seeds.put("ledger", name, data)

    def replace(at, value):
        return struct.pack("<BHB", 0, at, value)

    def remove(at, count):
        return struct.pack("<BHB", 1, at, count)

    def add(at, data):
        return struct.pack("<BHB", 2, at, len(data)) + data

    receipt, state, plain = b"\0\1", b"\1\1", b"\0"
    put("receipt", receipt)
    put("receipt_changed", receipt + replace(70, 0x31))
    put("receipt_entry", receipt + replace(250, 0x66))
    put("receipt_cut", receipt + remove(600, 255))
    put("receipt_line", receipt + add(26, b"proof " + b"00" * 32 + b"\n"))
    put("receipt_other", receipt + add(26, b"other " + b"ab" * 32 + b"\n"))
    put("receipt_text", plain + plain + add(0, b"sekisho erasure receipt 1\nvkey x+00000000+AA==\n\nsekisho/prefectures/11\n"))
    put("receipt_only_note", plain + plain + add(0, b"\n\n\n\n\xe2\x80\x94 a b c"))
    put("receipt_spaces", receipt + add(1000, b"vkey a+12345678+" + b" " * 44 + b"\n"))
    put("state", state)
    put("state_changed", state + replace(30, 0x39))
    put("state_number", state + add(35, b"-"))
    put("state_zero_before_size", state + add(42, b"0"))
    put("state_space_before_size", state + add(42, b" "))
    put("state_text", b"\1\0" + add(0, b"sekisho-ledger-state 1\nprefecture 11\nsize 5\nroot 00"))
    hashes = b'"leaf_hash":"' + b"0a" * 32 + b'","tree_root":"' + b"0b" * 32 + b'","tree_signature":"' + b"0c" * 64 + b'"'
    put("call_receipt", b'\2{"ledger_index":4,"time":"-","tree_size":5,' + hashes + b"}")
    put("call_receipt_types", b'\2{"ledger_index":4.5,"tree_size":-5,' + hashes + b"}")
    put("call_receipt_hex", b'\2{"ledger_index":4,"tree_size":5,' + hashes.replace(b"0c", b" c") + b"}")
    for n, (size, index) in enumerate([(0, 0), (6, 3), (6, 6), (63, 62), (32, 31)]):
        put("inclusion_%u" % n, bytes([3, size, index]))
        put("inclusion_changed_%u" % n, bytes([3, size, index]) + struct.pack("<QBBBBB", 2, 1, n, 1, 0, 0))
        put("consistency_%u" % n, bytes([4, size, index]))
        put("consistency_longer_%u" % n, bytes([4, size, index, 2]))
    put("inclusion_root", bytes([3, 9, 4]) + struct.pack("<QBBBBB", 4, 0, 0, 0, 0, 1))
    put("consistency_old_root", bytes([4, 9, 4, 0, 0, 0, 1, 0]))
    put("consistency_root", bytes([4, 9, 4, 0, 0, 0, 0, 1]))
    put("inclusion_sizes", bytes([3, 9, 4]) + struct.pack("<QBBBBBQ", (1 << 64) - 1, 0, 0, 0, 0, 0, (1 << 64) - 1))
    entry = bytes([0, 3, 1]) + bytes(32)
    put("page", bytes([5, 0, 64, 1, 8]) + entry)
    put("pages", bytes([5, 0, 64]) + b"".join(bytes([1, 8]) + bytes([0, n, 2]) + bytes(32) for n in range(5)))
    put("page_filtered", bytes([5, 7, 64, 2, 16, 2, 1, 3]) + struct.pack("<BQ", 24, 9) + b"\1" + bytes(31) + entry)
    put("page_length", bytes([5, 0, 64, 1, 8, 4, 1, 1]) + bytes(32) + struct.pack("<I", 0xffffffff))
    put("page_standing", bytes([5, 0, 64, 0, 0, 0, 0]))
    put("page_time", bytes([5, 0, 64, 1, 8, 2, 1, 3, 24]) + b"\xff" * 7 + b"\x7f" + bytes(32))


# ---- records: choices of fuzz_records.c, put_row() ----
def record(index, event, operation=0, result=1, role=4, time=5, who=0, note=None, more=b""):
    choice = who | (16 if note is not None else 0) | (32 if more else 0)
    out = struct.pack("<BBBBBBH", choice, index, event, operation, result, role, time)
    return out + (bytes([len(note)]) + note if note is not None else b"") + more


def records(seeds):
    def put(name, choice, *records, start=3, end=9, head=64, page=None):
        begin = struct.pack("<BHHB", choice, start, end, head)
        seeds.put("records", name, begin + (page or bytes([len(records)])) + b"".join(records) + b"\0")

    LOGIN, FAILED, OPERATION, LOCKED, FIRST = 1, 2, 7, 8, 13
    admit = [record(0, FIRST, time=1), record(1, OPERATION, 12, time=2, who=4), record(2, OPERATION, 1, who=1),
             record(3, OPERATION, 2, who=1)]
    put("none", 0)
    put("life", 0, *admit, record(4, LOGIN, who=1), record(5, OPERATION, 13, who=4), record(6, OPERATION, 14, time=20, who=4))
    put("terminals", 0, record(0, OPERATION, 40), record(1, OPERATION, 41), record(2, LOGIN))
    put("failed", 2, *[record(n, FAILED, result=n % 3, who=n % 2) for n in range(6)])
    put("failed_of_one", 3, *[record(n, FAILED) for n in range(3)], record(9, LOCKED))
    put("note", 0, record(0, OPERATION, 51, note=b"screens"), record(1, OPERATION, 13, note=bytes(range(1, 200))))
    put("order", 0, record(5, LOGIN), record(4, LOGIN))
    put("behind_the_head", 0, record(0, LOGIN), record(1, LOGIN), head=1)
    put("other_prefecture", 0, record(0, LOGIN, more=struct.pack("<H", 0) + b"\1\0\x0c\0" + bytes(28)))
    put("pages", 0, record(0, LOGIN), struct.pack("<Q", 1), b"\1", record(1, LOGIN), page=bytes([64 | 1]))
    put("row_length", 0, record(0, LOGIN), page=bytes([32 | 1]) + struct.pack("<H", 264))


def card(seeds):
    """The files in tests/fuzz/card (card-fixture made them), whole and spoiled. First byte as in fuzz_card.c."""
    fixture = pathlib.Path(__file__).parent / "card"
    cms, raw, leaf, crl, ocsp = ((fixture / n).read_bytes() for n in ("good.cms", "good.raw", "leaf.der", "list.crl", "answer.ocsp"))
    signature, answer, alone, revoked, der = (bytes([n]) for n in range(5))

    def put(name, data):
        seeds.put("card", name, data)

    put("cms", signature + cms)
    put("cms_cut", signature + cms[:-1])
    put("cms_longer", signature + cms + b"\0")
    put("cms_indefinite", signature + b"\x30\x80" + cms[4:] + b"\0\0")
    put("cms_other_signature", signature + cms[:-1] + bytes([cms[-1] ^ 1]))
    put("raw", alone + struct.pack("<H", len(leaf)) + leaf + raw)
    put("raw_other", alone + struct.pack("<H", len(leaf)) + leaf + raw[::-1])
    put("raw_no_certificate", alone + struct.pack("<H", 0) + raw)
    put("list", revoked + crl)
    put("list_other", revoked + crl.replace(b"\x02\x01\x63", b"\x02\x01\x07"))
    put("answer", answer + ocsp)
    put("answer_other", answer + ocsp[:-1])
    put("der_certificate", der + leaf)
    put("der_deep", der + b"".join(bytes([0x30, 2 * n]) for n in range(23, -1, -1)))


def portal(seeds):
    name = "prefectures/11/applicants/p-Hanako.01/applications/" + "0123456789abcdef" * 2
    texts = {"name": name, "name_number": name.replace("p-Hanako.01", "123456789018"), "name_short": name[:-1],
             "digits": "番号は1234-5678-9018です", "digits_wide": "１２３４５６７８９０１８", "digits_eleven": "12345678901",
             "seen": "浦和󠄀　花子", "unseen": "a\u202eb", "line": "a\nb", "private": "\ue000"}
    for key, text in texts.items():
        seeds.put("portal", key, text.encode())
    seeds.put("portal", "not_utf8", b"\xff\xfe")
    # An Application (proto/sekisho/v1/application.proto): kind 3, person 6, registration 7, cause 11, attachments 16.
    name_of = lambda text: field(1, field(1, text.encode()))
    birth = field(6, field(1, 2001) + field(2, 4) + field(3, 3))
    person = field(6, name_of("浦和　花子") + birth + field(8, 2) + field(9, "埼玉県さいたま市".encode()))
    file = field(16, field(2, b"notice.pdf") + field(3, b"application/pdf") + field(4, 31) + field(5, bytes(32)))
    put = lambda key, data: seeds.put("portal", key, data)
    put("application", field(3, 2) + person + field(7, b"prefectures/11/registrations/000123") + field(11, "改姓".encode()) + file)
    put("application_injected", field(3, 1) + person + field(11, "改姓\n氏名:別人".encode()) + file + file)
    put("application_no_date", field(3, 1) + field(6, name_of("浦和") + field(6, field(1, (1 << 31) - 1) + field(2, 99))))
    put("application_nobody", field(3, 4))


if __name__ == "__main__":
    made = Seeds(sys.argv[1])
    for make in (vault, accounts, auth, hpke, backup, frame_headers, services, csv, identity, config, client, ledger_texts, records, card, portal):
        make(made)
