"""A lost certificate is issued again: from the paper form to COMPLETED, by the officers of the office."""

from office import PREFECTURE, date, number


def create(reception, registration, registrant):
    application = {"kind": number("APPLICATION_KIND_REISSUE"), "person": registrant, "registration": registration,
                   "cause": "紛失"}
    return reception.call("ApplicationService.CreatePaperApplication", parent=PREFECTURE,
                          application=application).application


def accept(reception, application):
    return reception.call("ApplicationService.AcceptApplication", name=application.name, documents_complete=True).application


def review(reviewer, application):
    reviewer.call("ApplicationService.StartChecks", name=application.name)
    comparison = reviewer.call("ApplicationService.CompareApplication", name=application.name).comparison
    assert comparison.level == number("MATCH_LEVEL_MATCH") and not comparison.needs_person, comparison
    return reviewer.call("ApplicationService.ReviewApplication", name=application.name).application


def pay(cashier, application, slip, yen=1100):
    receipt = {"method": number("PAYMENT_METHOD_POSTAL_TRANSFER"), "slip_number": slip, "amount_yen": yen,
               "received_on": date(2026, 1, 5)}
    return cashier.call("PaymentDeskService.RecordReceipt", parent=application.name, receipt=receipt).receipt


def approve(approver, application):
    return approver.call("ApplicationService.ApproveApplication", name=application.name).application
