"""The lists of System 4 through somebody else's gRPC and somebody else's csv reader (F068, F069, F071, F072)."""

import csv
import hashlib
import io
import re
import sys
import unicodedata

import reissue
from office import PREFECTURE, Desk, Refused, date, number, person, registration_name, take_over

folder = sys.argv[1]
reception, reviewer, approver, cashier, certificates, centre = (
    Desk(folder, name)
    for name in ("reception01", "reviewer01", "approver01", "cashier01", "certificate01", "centre01"))

COUNT = 450  # more than two pieces of an export
people = {serial: person(f"佐藤\u3000花{'一二三四五六七八九十'[serial % 10]}", "サトウ\u3000ハナ", 1980 + serial % 20)
          for serial in range(1, COUNT + 1)}
people[7] = person("髙橋\u3000𠮷子", "タカハシ\u3000ヨシコ", former_surname={"text": "波\u301c江"})
people[8] = person("渡邉\U000e0101\u3000直子", "ワタナベ\u3000ナオコ", 1990, 2)
people[9] = person("スミス\u3000ジョン", "スミス\u3000ジョン", common_name={"text": "SMITH, \"JOHN\""})
people[10] = person("田中\u3000\ue000子", "タナカ\u3000サチコ")
take_over(approver, people)

CANCELLED, ERASED, SUSPENDED = (21, 22, 23), (31, 32), 41


def decide(serial, **proposal):
    name = registration_name(serial)
    etag = reviewer.call("RegisterService.GetRegistration", name=name).registration.etag
    proposal = {"registration": name, "reason": "試験のための理由", "confirmation_reference": "少政第1号",
                "hearing_reference": "少政第2号", **proposal}
    made = reviewer.call("DispositionService.ProposeDisposition", parent=PREFECTURE, disposition=proposal,
                         registration_etag=etag).disposition
    return approver.call("DispositionService.ApproveDisposition", name=made.name, etag=made.etag)


def decisions():
    for serial in CANCELLED:
        violence = {"ground": number("CANCELLATION_GROUND_CX3"), "sexual_violence": True, "sexual_violence_facts": "事実"}
        decide(serial, kind=number("DISPOSITION_KIND_CANCELLATION"),
               **(violence if serial == CANCELLED[0] else {"ground": number("CANCELLATION_GROUND_CX2")}))
    for serial in ERASED:
        decide(serial, kind=number("DISPOSITION_KIND_ERASURE"), erasure_reason=number("ERASURE_REASON_DEATH"),
               event_date=date(2026, 1), finding_reference="戸籍照会 第3号")
    return decide(SUSPENDED, kind=number("DISPOSITION_KIND_SUSPENSION"), ground=number("CANCELLATION_GROUND_CX4"),
                  period_from=date(2090, 1, 1), period_to=date(2090, 3, 31)).registration


def export(desk, name, encoding="CSV_ENCODING_UTF8_BOM", **fields):
    """The cells, and what was substituted. The file is as the rules for machine-readable tables want it."""
    answers = desk.read("ListService.ExportList", parent=PREFECTURE, list=number(f"LIST_KIND_{name}"),
                        encoding=number(encoding), **fields)
    whole = b"".join(answer.data for answer in answers)
    assert [answer.complete for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert answers[-1].sha256 == hashlib.sha256(whole).digest()
    if encoding == "CSV_ENCODING_UTF8_BOM":
        assert whole.startswith(b"\xef\xbb\xbf")
        text = whole.decode("utf-8-sig")
    else:
        text = whole.decode("cp932")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert answers[-1].row_count == len(rows) - 1
    assert len(set(rows[0])) == len(rows[0]) and all(rows[0]), "one header row, every column named once"
    for row in rows[1:]:
        assert len(row) == len(rows[0]) and any(row), "no merged cells, no blank rows"
        for title, cell in zip(rows[0], row):
            assert not re.search(r"[\x00-\x1f]", cell), (title, cell)
            if title.endswith("年月日") or title.endswith("末日") or title.endswith("年月"):
                assert re.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?", cell), (title, cell)
            if title.endswith("日時"):
                assert re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00)?", cell), (title, cell)
            if title.endswith("有無") or title.endswith("件数") or title in ("特定登録取消者", "無効", "発行回"):
                assert cell.isascii() and cell.isdigit(), (title, cell)
    return rows, [change for answer in answers for change in answer.substitutions]


# F069 three lists: the register with those suspended, who lost the qualification, whose registration was cancelled
def test_register():
    listed = list(reviewer.pages("ListService.ListRegister", "registrations", parent=PREFECTURE, page_size=100))
    assert [row.name for row in listed] == [registration_name(serial) for serial in sorted(people)
                                            if serial not in CANCELLED + ERASED]
    rows, changes = export(reviewer, "REGISTER")
    title = rows[0].index
    assert [row[title("登録番号")] for row in rows[1:]] == [row.registration_number for row in listed]
    assert not changes, "UTF-8 has every character"
    by_number = {row[0]: row for row in rows[1:]}
    assert by_number["埼玉県-000009"][title("通称")] == 'SMITH, "JOHN"'
    assert by_number["埼玉県-000008"][title("氏名")] == "渡邉\U000e0101\u3000直子"
    assert by_number["埼玉県-000010"][title("外字有無")] == "1"
    assert by_number["埼玉県-000001"][title("外字有無")] == "0"


# F069 the list of the register by its period
def test_period():
    none, _ = export(reviewer, "REGISTER", period={"from": date(2010, 4, 2)})
    assert len(none) == 1
    all_of_them, _ = export(reviewer, "REGISTER", period={"from": date(2010, 4, 1), "to": date(2010, 4, 1)})
    assert len(all_of_them) == COUNT + 1 - len(CANCELLED + ERASED)


# F069 each substitution of CP932 is reported with row and column
def test_cp932():
    utf8, _ = export(reviewer, "REGISTER")
    cp932, changes = export(reviewer, "REGISTER", "CSV_ENCODING_CP932")
    assert len(utf8) == len(cp932)
    reported = {(change.row, change.column): change for change in changes}
    for at, (before, after) in enumerate(zip(utf8, cp932), 1):
        for column, (old, new) in enumerate(zip(before, after), 1):
            assert (old != new) == ((at, column) in reported), (at, column, old, new)
    kinds = {change.code_point: change.kind for change in changes}
    replaced, similar = 1, 2
    assert kinds[0x20BB7] == replaced and kinds[0x301C] == similar and kinds[0xE0101] == similar
    for change in changes:
        old = utf8[change.row - 1][change.column - 1]
        assert ord(old[change.position - 1]) == change.code_point
        if change.kind == replaced:
            assert cp932[change.row - 1][change.column - 1][change.position - 1] == "〓"
    assert cp932[7][2] == "髙橋\u3000〓子", "IBM's and NEC's characters are CP932's own"


# F069 保育士登録取消者名簿, 保育士資格喪失者名簿
def test_endings():
    cancelled, _ = export(approver, "CANCELLED_REGISTRATIONS")
    assert [row[0] for row in cancelled[1:]] == [f"埼玉県-{serial:06}" for serial in CANCELLED]
    title = cancelled[0].index
    assert cancelled[1][title("児童生徒性暴力等")] == "1" and cancelled[2][title("児童生徒性暴力等")] == "0"
    assert cancelled[1][title("取消事由")] == "18条の19第1項第3号"
    assert cancelled[1][title("登録証の返納")] == "未返納"
    lost, _ = export(centre, "LOST_QUALIFICATIONS")
    assert [row[0] for row in lost[1:]] == [f"埼玉県-{serial:06}" for serial in ERASED]
    title = lost[0].index
    assert lost[1][title("消除事由")] == "死亡" and lost[1][title("事由発生年月日")] == "2026-01"
    rows = centre.call("ListService.ListLostQualifications", parent=PREFECTURE, page_size=1)
    assert len(rows.rows) == 1 and rows.next_page_token
    reviewer.refused("ListService.ListCancelledRegistrations", "BAD_PAGE", "page_token", parent=PREFECTURE,
                     page_token=rows.next_page_token)


def create(kind, serial, **more):
    return reception.call("ApplicationService.CreatePaperApplication", parent=PREFECTURE, identity_checked=True,
                          application={"kind": number(f"APPLICATION_KIND_{kind}"), "person": people[serial],
                                       "cause": "試験", **more}).application


# F068 three lists of applicants; F071 the reception of papers
def test_applicants():
    new = create("NEW", 1, route=number("QUALIFICATION_ROUTE_SCHOOL"), qualified_month=date(2026, 3),
                 no_disqualification_declared=True)
    rewrite = create("REWRITE", 2, registration=registration_name(2))
    again = [create("REISSUE", serial, registration=registration_name(serial)) for serial in (3, 4)]
    for kind, wanted in (("NEW", [new]), ("REWRITE", [rewrite]), ("REISSUE", again)):
        listed = list(reception.pages("ListService.ListApplicants", "rows", parent=PREFECTURE, page_size=1,
                                      kind=number(f"APPLICATION_KIND_{kind}")))
        assert [row.application for row in listed] == [application.name for application in wanted], kind
        rows, _ = export(reception, f"APPLICANTS_{kind}")
        assert [row[rows[0].index("申請名称")] for row in rows[1:]] == [row.application for row in listed]
    received = list(reception.pages("ListService.ListReceptions", "rows", parent=PREFECTURE, page_size=3))
    assert [row.application for row in received] == [row.name for row in (new, rewrite, *again)]
    assert all(row.channel == number("APPLICATION_CHANNEL_PAPER_OFFICE") for row in received)
    assert not list(reception.pages("ListService.ListReceptions", "rows", parent=PREFECTURE,
                                    channel=number("APPLICATION_CHANNEL_PORTAL")))
    return again[0]


def event(card, state, refusal=None, **more):
    request = {"name": card.name, "etag": card.etag, "state": number(f"PAPER_CARD_STATE_{state}"), "date": date(2026, 1, 6),
               **more}
    if refusal:
        return certificates.refused("PaperCardService.RecordPaperCardEvent", *refusal, **request)
    return certificates.call("PaperCardService.RecordPaperCardEvent", **request).paper_card


# F017 F018 F072 a card is made, sent and handed over; a lost one is issued again and the first is void
def test_cards(application):
    reissue.accept(reception, application)
    reissue.review(reviewer, application)
    reissue.pay(cashier, application, "1234-567")
    assert reissue.approve(approver, application).state == number("APPLICATION_STATE_COMPLETED")
    waiting = list(certificates.pages("PaperCardService.ListPaperCards", "paper_cards", parent=PREFECTURE,
                                      state=number("PAPER_CARD_STATE_TO_CREATE")))
    assert [card.name for card in waiting] == [f"{application.registration}/paperCards/1"]
    card = waiting[0]
    event(card, "DISPATCHED", ("WRONG_STATE",), tracking_number="123-45-67890-1")
    event(card, "PRINTED", ("BAD_FIELD", "form_number"))
    card = event(card, "PRINTED", form_number="A-000123")
    card = event(card, "INSPECTED")
    event(card, "DISPATCHED", ("BAD_FIELD", "tracking_number"))
    card = event(card, "DISPATCHED", tracking_number="123-45-67890-1")
    card = event(card, "RETURNED_UNDELIVERED")
    card = event(card, "RESENT", tracking_number="123-45-67891-0")
    card = event(card, "DELIVERED")
    assert card.tracking_number == "123-45-67891-0" and len(card.events) == 7
    card = event(card, "LOST_REPORTED")
    second = reissue.create(reception, application.registration, people[3])
    reissue.accept(reception, second)
    reissue.review(reviewer, second)
    reissue.pay(cashier, second, "1234-568")
    reissue.approve(approver, second)
    first = certificates.call("PaperCardService.GetPaperCard", name=card.name).paper_card
    assert first.voided and first.etag != card.etag
    rows, _ = export(certificates, "PAPER_CARDS")
    title = rows[0].index
    assert [(row[title("発行回")], row[title("無効")], row[title("状態")]) for row in rows[1:]] == [
        ("1", "1", "紛失の届出あり"), ("2", "0", "作成待ち")]


def test_roles():
    for desk, name in ((certificates, "REGISTER"), (reception, "CANCELLED_REGISTRATIONS"), (reviewer, "PAPER_CARDS")):
        try:
            export(desk, name)
        except Refused as error:
            assert error.reason == "ROLE_NOT_PERMITTED", error
        else:
            raise AssertionError(f"{name} was exported")


suspended = decisions()
assert suspended.state == number("REGISTRATION_STATE_REGISTERED"), "it begins in 2090"
test_register()
test_period()
test_cp932()
test_endings()
test_cards(test_applicants())
test_roles()
assert unicodedata.normalize("NFC", people[7].name.text) == people[7].name.text
