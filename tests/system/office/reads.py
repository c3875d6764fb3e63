"""An officer's day at the register through somebody else's gRPC: reads, search, pages, and how a refusal looks."""

import sys

import grpc
from office import PREFECTURE, Desk, date, number, person, registration_name, take_over

folder = sys.argv[1]
reviewer, approver, cashier, auditor = (Desk(folder, name) for name in ("reviewer01", "approver01", "cashier01", "auditor01"))

people = {serial: person(f"佐藤\u3000花{'一二三四五六七八九十'[serial % 10]}", "サトウ\u3000ハナ", 1980 + serial % 20)
          for serial in range(1, 121)}
people[200] = person("髙橋\u3000𠮷子", "タカハシ\u3000ヨシコ", former_surname={"text": "山﨑"})
take_over(approver, people)


def test_one_entry():
    found = reviewer.call("RegisterService.GetRegistration", name=registration_name(200)).registration
    assert found.person.name.text == "髙橋\u3000𠮷子", "the name is kept byte for byte"
    assert found.registration_number == "埼玉県-000200"
    assert found.state == number("REGISTRATION_STATE_REGISTERED") and found.version == 1
    assert found.recorded_by == "approver01"
    assert len(found.qualification_pseudonym) == 26


def test_search():
    def names(**fields):
        found = reviewer.call("RegisterService.ListRegistrations", parent=PREFECTURE, **fields)
        return [row.name for row in found.registrations]

    for spelling in ("髙橋\u3000𠮷子", "高橋 吉子", "高橋吉子"):
        assert names(name=spelling) == [registration_name(200)], spelling
    assert names(name="山崎吉子") == [registration_name(200)], "by the former surname"
    assert names(kana="たかはしよしこ") == [registration_name(200)]
    for spelling in ("埼玉県-000200", "200", "０００２００"):
        assert names(registration_number=spelling) == [registration_name(200)], spelling
    assert names(name="佐藤", name_match=number("TEXT_MATCH_PREFIX"), birth_date=date(1981, 4, 1))
    assert names(name="鈴木") == []


def test_pages():
    fields = {"parent": PREFECTURE, "name": "佐藤", "name_match": number("TEXT_MATCH_PREFIX"), "page_size": 7}
    rows = [row.name for row in reviewer.pages("RegisterService.ListRegistrations", "registrations", **fields)]
    assert len(rows) == 120 and len(set(rows)) == 120, len(rows)
    first = reviewer.call("RegisterService.ListRegistrations", **fields)
    reviewer.refused("RegisterService.ListRegistrations", "BAD_PAGE", "page_token", **{
        **fields, "name": "髙橋", "page_token": first.next_page_token})


def test_batch():
    names = [registration_name(200), registration_name(999), "prefectures/11/registration/1"]
    rows = reviewer.call("RegisterService.BatchGetRegistrations", parent=PREFECTURE, names=names).rows
    assert [row.reason for row in rows] == ["", "NOT_FOUND", "BAD_RESOURCE_NAME"]
    assert rows[0].registration.name == registration_name(200)


def test_corrected_and_as_of():
    before = reviewer.call("RegisterService.GetRegistration", name=registration_name(1)).registration
    changed = type(before)()
    changed.CopyFrom(before)
    changed.person.kana = "サトウ\u3000ハナイチ"
    request = {"registration": changed, "fields": ["person.kana"], "reason": "読み方の誤り", "request_id": "1" * 32}
    reviewer.refused("RegisterService.CorrectRegistration", "ROLE_NOT_PERMITTED", **request)
    after = approver.call("RegisterService.CorrectRegistration", **request).registration
    assert after.version == 2 and after.etag != before.etag
    again = approver.call("RegisterService.CorrectRegistration", **request).registration
    assert again == after, "a repeated request_id gets the first answer"
    approver.refused("RegisterService.CorrectRegistration", "CHANGED_MEANWHILE", **{**request, "request_id": "2" * 32})
    was = reviewer.call("RegisterService.GetRegistration", name=registration_name(1),
                        as_of_record_time_us=before.record_time_us).registration
    assert was.person.kana == before.person.kana and was.version == 1
    revisions = reviewer.call("RegisterService.ListRegistrationRevisions", name=registration_name(1)).revisions
    assert [row.registration.version for row in revisions] == [2, 1] and revisions[0].reason == "読み方の誤り"


def test_refusals_say_what_and_where():
    error = reviewer.refused("RegisterService.GetRegistration", "NOT_FOUND", name=registration_name(999))
    assert error.code == grpc.StatusCode.NOT_FOUND
    assert error.details["ErrorInfo"].domain == "sekisho.dev"
    assert error.details["LocalizedMessage"].locale == "ja" and error.details["LocalizedMessage"].message
    error = reviewer.refused("RegisterService.ListRegistrations", "BAD_FIELD", "page_size", parent=PREFECTURE, page_size=1001)
    assert error.code == grpc.StatusCode.INVALID_ARGUMENT
    reviewer.refused("RegisterService.GetRegistration", "BAD_RESOURCE_NAME", "name", name=f"{PREFECTURE}/registrations/1")
    for name in ("prefectures/12/registrations/000001", "prefectures/12/registrations/000200"):
        error = reviewer.refused("RegisterService.GetRegistration", "NOT_FOUND", name=name)
        assert error.code == grpc.StatusCode.NOT_FOUND, "INV-12: another prefecture's are not there"


def test_sessions():
    error = cashier.refused("RegisterService.GetRegistration", "ROLE_NOT_PERMITTED", name=registration_name(1))
    assert error.code == grpc.StatusCode.PERMISSION_DENIED
    reviewer.refused("RegisterService.GetRegistration", "BAD_RESOURCE_NAME", "sekisho-session", name=registration_name(1),
                     session=None)
    unknown = f"{PREFECTURE}/sessions/{'0' * 32}"
    error = reviewer.refused("RegisterService.GetRegistration", "UNKNOWN_SESSION", name=registration_name(1), session=unknown)
    assert error.code == grpc.StatusCode.UNAUTHENTICATED
    assert approver.desk != reviewer.desk
    reviewer.refused("RegisterService.GetRegistration", "WRONG_CERTIFICATE", name=registration_name(1),
                     session=approver.session)


# F103, INV-13 Everything above, refusals too, is in the operation records.
def test_operations_are_recorded():
    rows = list(auditor.pages("OperationRecordService.ListOperations", "operations", parent=PREFECTURE, page_size=100))
    assert [int(row.name.rsplit("/", 1)[1]) for row in rows] == list(range(1, len(rows) + 1)), "no gap"
    assert all(before.time_us < after.time_us for before, after in zip(rows, rows[1:]))
    done = {(row.account, row.method, row.object, row.refusal) for row in rows}
    assert ("reviewer01", "RegisterService.GetRegistration", registration_name(200), "") in done
    assert ("reviewer01", "RegisterService.GetRegistration", registration_name(999), "NOT_FOUND") in done
    assert ("approver01", "RegisterService.CorrectRegistration", registration_name(1), "") in done
    assert ("approver01", "RegisterService.CorrectRegistration", registration_name(1), "CHANGED_MEANWHILE") in done
    assert any(method == "RegisterService.ImportRegistrations" for _, method, _, _ in done)
    texts = " ".join(" ".join(row) for row in done)
    assert "佐藤" not in texts and "サトウ" not in texts, "no personal value in a record"
    mine = auditor.call("OperationRecordService.ListOperations", parent=PREFECTURE, account="approver01", page_size=1000)
    assert {row.account for row in mine.operations} == {"approver01"}
    reviewer.refused("OperationRecordService.ListOperations", "ROLE_NOT_PERMITTED", parent=PREFECTURE)


for test in (test_one_entry, test_search, test_pages, test_batch, test_corrected_and_as_of, test_refusals_say_what_and_where,
             test_sessions, test_operations_are_recorded):
    test()
    print("ok:", test.__name__)
