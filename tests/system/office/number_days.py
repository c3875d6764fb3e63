"""Applications that carry a number, as far as no number is needed: the shell does the steps that seal one."""

import sys

from office import PREFECTURE, Desk, date, number, person

folder, step = sys.argv[1:3]


def new(reception, at):
    application = {"kind": number("APPLICATION_KIND_NEW"), "register_kind": number("REGISTER_KIND_CHILDCARE_WORKER"),
                   "route": number("QUALIFICATION_ROUTE_SCHOOL"), "qualified_month": date(2025, 3),
                   "person": person(f"漏洩検査\u3000花子{at:04}", "ロウエイケンサ\u3000ハナコ", 1990 + at % 9),
                   "no_disqualification_declared": True}
    return reception.call("ApplicationService.CreatePaperApplication", parent=PREFECTURE, application=application,
                          identity_checked=True).application


def create(count):
    """Prints the ids of new applications."""
    reception = Desk(folder, "reception01")
    for at in range(count):
        print(new(reception, at).name.rsplit("/", 1)[1])


def check(reviewer, name):
    database = number("CHECK_SOURCE_CANCELLED_DATABASE")
    reviewer.call("ApplicationService.StartChecks", name=name, sources=[database])
    reviewer.call("ApplicationService.RecordCheck", name=name, source=database, result=number("CHECK_RESULT_MATCH"))


def check_all(ids):
    reviewer = Desk(folder, "reviewer01")
    for each in ids:
        check(reviewer, f"{PREFECTURE}/applications/{each}")


def review(ids):
    reviewer, cashier = Desk(folder, "reviewer01"), Desk(folder, "cashier01")
    for at, each in enumerate(ids):
        name = f"{PREFECTURE}/applications/{each}"
        check(reviewer, name)
        receipt = {"method": number("PAYMENT_METHOD_COUNTER"), "slip_number": f"L-{at}", "amount_yen": 4200,
                   "received_on": date(2026, 1, 5)}
        cashier.call("PaymentDeskService.RecordReceipt", parent=name, receipt=receipt)
        done = reviewer.call("ApplicationService.ReviewApplication", name=name, no_disqualification=True,
                             route_evidence=number("ROUTE_EVIDENCE_GRADUATION_CERTIFICATE")).application
        assert done.state == number("APPLICATION_STATE_REVIEWED"), done.state


def refuse_more_than_the_law_wants(contacts):
    """F076: no message has a room for a contact or a code: what is sent beside the fields is refused, not kept."""
    reception = Desk(folder, "reception01")
    for contact in contacts:
        text = contact.encode()
        extra = b"\x7a" + bytes([len(text)]) + text  # field 15, which Person does not have
        request = reception.request("ApplicationService.CreatePaperApplication", parent=PREFECTURE, identity_checked=True,
                                    application={"kind": number("APPLICATION_KIND_NEW")})
        request.application.person.MergeFromString(person("漏洩検査\u3000連絡先", "ロウエイ").SerializeToString() + extra)
        reception.refused("ApplicationService.CreatePaperApplication", "UNKNOWN_FIELD", "application.person.#15",
                          **{field.name: value for field, value in request.ListFields()})


if step == "create":
    create(int(sys.argv[3]))
else:
    {"check": check_all, "review": review, "refuse": refuse_more_than_the_law_wants}[step](sys.argv[3:])
