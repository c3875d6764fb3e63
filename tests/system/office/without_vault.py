"""INV-02: all of an office's day that has nothing to do with numbers, while the vault is stopped."""

import sys

import reissue
from office import PREFECTURE, Desk, date, number, person, registration_name, values

folder = sys.argv[1]
reception, reviewer, approver, cashier, privacy, cards = (
    Desk(folder, name) for name in ("reception01", "reviewer01", "approver01", "cashier01", "privacy01", "cards01"))


def state(name):
    return number(f"APPLICATION_STATE_{name}")


# INV-02 A reissue from its form to COMPLETED. INV-01 not before it is paid.
def test_reissue():
    holder = person("高橋\u3000花子", "タカハシ\u3000ハナコ")
    application = reissue.create(reception, registration_name(1), holder)
    assert application.state == state("RECEIVED") and application.fee_yen == 1100 and not application.fee_settled
    assert application.number_state == number("NUMBER_STATE_UNSPECIFIED"), "it carries no number"
    assert reissue.accept(reception, application).state == state("ACCEPTED")
    assert reissue.review(reviewer, application).state == state("WAIT_PAYMENT")
    approver.refused("ApplicationService.ApproveApplication", "UNPAID", name=application.name)
    reissue.pay(cashier, application, "R-1")
    done = reissue.approve(approver, application)
    assert done.state == state("COMPLETED") and done.fee_settled and done.approver == "approver01"
    issued = cards.call("PaperCardService.ListPaperCards", parent=PREFECTURE).paper_cards
    assert [card.reason for card in issued] == [number("PAPER_CARD_REASON_REISSUE")]
    return application


# INV-02, F068, F069 Every list, by page and as CSV in both encodings.
def test_lists():
    lists = [("ListApplicants", "rows", {"kind": number("APPLICATION_KIND_REISSUE")}), ("ListRegister", "registrations", {}),
             ("ListLostQualifications", "rows", {}), ("ListCancelledRegistrations", "rows", {}), ("ListReceptions", "rows", {})]
    found = {name: list(reviewer.pages(f"ListService.{name}", rows, parent=PREFECTURE, **fields))
             for name, rows, fields in lists}
    assert len(found["ListApplicants"]) == len(found["ListReceptions"]) == 1 and len(found["ListRegister"]) == 3
    for kind in values("LIST_KIND_"):
        desk = cards if kind == number("LIST_KIND_PAPER_CARDS") else reviewer
        for encoding in values("CSV_ENCODING_"):
            parts = desk.read("ListService.ExportList", parent=PREFECTURE, list=kind, encoding=encoding)
            assert parts[-1].complete and b"".join(part.data for part in parts), (kind, encoding)


# INV-02, INV-22, F070, F170 Enquiries and "where is my application".
def test_enquiries(application):
    enquiry = privacy.call("InquiryDeskService.CreateEnquiry", parent=PREFECTURE, enquiry={
        "channel": number("ENQUIRY_CHANNEL_TELEPHONE"), "subject": "再交付の進み具合"}).enquiry
    privacy.refused("InquiryDeskService.CloseEnquiry", "NO_HANDLING_RECORD", name=enquiry.name, etag=enquiry.etag)
    enquiry = privacy.call("InquiryDeskService.RecordHandling", name=enquiry.name, etag=enquiry.etag,
                           text="決裁まで終わったと答えた。").enquiry
    closed = privacy.call("InquiryDeskService.CloseEnquiry", name=enquiry.name, etag=enquiry.etag).enquiry
    assert closed.state == number("ENQUIRY_STATE_CLOSED")
    found = reception.call("InquiryDeskService.FindApplications", parent=PREFECTURE, person_name="高橋花子",
                           birth_date=date(1988, 4, 1)).applications
    assert [row.application for row in found] == [application.name]


def test_register_and_fees():
    assert reviewer.call("RegisterService.GetRegistration", name=registration_name(1)).registration.version == 1
    assert reviewer.call("RegisterService.ListRegistrations", parent=PREFECTURE, name="高橋花子").registrations
    assert cashier.call("PaymentDeskService.GetFee", name=PREFECTURE, kind=number("APPLICATION_KIND_NEW")).fee_yen == 4200
    assert len(cashier.call("PaymentDeskService.ListReceipts", parent=PREFECTURE).receipts) == 1


made = test_reissue()
test_lists()
test_enquiries(made)
test_register_and_fees()
print("an office's day without the vault: ok")
