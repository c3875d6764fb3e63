import time
import unittest

import grpc
from harness import ServerCase, bidi, client_stream, details, pb, server_stream, unary

INVALID = grpc.StatusCode.INVALID_ARGUMENT


class Details(ServerCase):
    def test_all_kinds(self):
        request = pb.FailRequest(
            code=9, reason="NOT_YET", message="not yet", message_ja="まだできません。", field="parts[2].label",
            field_description="too long", retry_ms=2345)
        found = details(self.fails(grpc.StatusCode.FAILED_PRECONDITION, lambda: unary(self.channel, "Fail", request)))
        self.assertEqual(set(found), {"ErrorInfo", "BadRequest", "RetryInfo", "LocalizedMessage"})
        self.assertEqual((found["ErrorInfo"].reason, found["ErrorInfo"].domain), ("NOT_YET", "sekisho.dev"))
        violation = found["BadRequest"].field_violations[0]
        self.assertEqual((violation.field, violation.description), ("parts[2].label", "too long"))
        self.assertEqual(found["RetryInfo"].retry_delay.ToMilliseconds(), 2345)
        self.assertEqual((found["LocalizedMessage"].locale, found["LocalizedMessage"].message), ("ja", "まだできません。"))

    def test_every_code(self):
        for code in grpc.StatusCode:
            if code is not grpc.StatusCode.OK:
                request = pb.FailRequest(code=code.value[0], message="この呼び出しは失敗します")
                error = self.fails(code, lambda: unary(self.channel, "Fail", request))
                self.assertEqual(error.details(), "この呼び出しは失敗します")
                self.assertEqual(details(error), {})

    def test_long_texts_are_cut_between_characters(self):
        request = pb.FailRequest(code=3, reason="R" * 2000, message="長" * 2000, message_ja="い" * 2000, field="f" * 2000,
                                 field_description="d" * 2000)
        error = self.fails(INVALID, lambda: unary(self.channel, "Fail", request))
        self.assertEqual(error.details(), "長" * 170)
        self.assertEqual(details(error)["LocalizedMessage"].message, "い" * 170)
        self.assertEqual(details(error)["BadRequest"].field_violations[0].field, "f" * 512)


class UnknownMethods(ServerCase):
    def test_answered_at_once(self):
        for path in ("/interop.v1.InteropService/Nope", "/interop.v1.Nope/Ping", "/"):
            start = time.monotonic()
            error = self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: unary(self.channel, path, b"", timeout=None))
            self.assertEqual(details(error)["ErrorInfo"].reason, "UNKNOWN_METHOD")
            self.assertLess(time.monotonic() - start, 1)

    def test_as_a_stream(self):
        self.fails(grpc.StatusCode.UNIMPLEMENTED,
                   lambda: list(bidi(self.channel, "Nope", iter([b"x"] * 10), timeout=None)))

    def test_more_than_are_posted(self):
        for _ in range(100):
            self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: unary(self.channel, "Nope", b""))


class BadMessages(ServerCase):
    def refused(self, request, reason, field=None, code=INVALID):
        found = details(self.fails(code, lambda: unary(self.channel, "Echo", request)))
        self.assertEqual(found["ErrorInfo"].reason, reason)
        self.assertTrue(found["LocalizedMessage"].message)
        if field is not None:
            self.assertEqual(found["BadRequest"].field_violations[0].field, field)

    def test_truncated(self):
        whole = pb.EchoRequest(text="text", payload=bytes(300), part=pb.Part(label="label")).SerializeToString()
        boundaries = {0, len(b"\x0a\x04text"), len(whole) - len(b"\x22\x07\x0a\x05label")}
        for length in set(range(len(whole))) - boundaries:
            self.refused(whole[:length], "MALFORMED_MESSAGE")

    def test_garbage(self):
        for request in (b"\xff", b"\x00", b"\x07", b"\x0b", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x80" * 20, b"\x08\x01"):
            self.refused(request, "MALFORMED_MESSAGE")

    def test_unknown_field(self):
        self.refused(b"\x78\x01", "UNKNOWN_FIELD", "#15")
        self.refused(b"\x22\x02\x78\x01", "UNKNOWN_FIELD", "part.#15")
        self.refused(b"\x2a\x00\x2a\x00\x0a\x01x\x2a\x04\x0a\x00\x78\x01", "UNKNOWN_FIELD", "parts[2].#15")

    def test_text_that_is_not_utf8(self):
        for text in (b"\xff", b"\xc0\x80", b"\xe3\x81", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"ab\x80"):
            self.refused(b"\x0a" + bytes([len(text)]) + text, "INVALID_TEXT", "text")
        self.refused(b"\x2a\x00\x2a\x03\x0a\x01\xff", "INVALID_TEXT", "parts[1].label")

    def test_text_with_nul(self):
        self.refused(pb.EchoRequest(text="12\0" "34"), "INVALID_TEXT", "text")
        self.refused(pb.EchoRequest(part=pb.Part(label="\0")), "INVALID_TEXT", "part.label")

    def test_bytes_may_hold_anything(self):
        payload = bytes(range(256))
        self.assertEqual(unary(self.channel, "Echo", pb.EchoRequest(payload=payload), pb.EchoResponse).payload, payload)

    def test_more_memory_than_the_arena(self):
        self.refused(b"\x2a\x00" * 60000, "MESSAGE_TOO_COMPLEX", code=grpc.StatusCode.RESOURCE_EXHAUSTED)

    def test_no_message(self):
        found = details(self.fails(INVALID, lambda: client_stream(self.channel, "Echo", iter(()))))
        self.assertEqual(found["ErrorInfo"].reason, "MALFORMED_MESSAGE")
        self.fails(INVALID, lambda: list(server_stream(self.channel, "Repeat", b"\xff")))

    def test_in_the_middle_of_a_stream(self):
        before = self.inspect()
        answers = bidi(self.channel, "Chat", iter([b"\x0a\x03one", b"\x0a\x01\xff", b"\x0a\x05three"]), pb.EchoResponse)
        found = details(self.fails(INVALID, lambda: list(answers)))
        self.assertEqual(found["BadRequest"].field_violations[0].field, "text")
        self.eventually(lambda: self.inspect().done > before.done)
        self.assertEqual(self.inspect().cancelled, before.cancelled + 1)
        self.assertEqual(self.inspect().half_closed, before.half_closed)

    def test_as_the_first_message_of_a_stream(self):
        self.fails(INVALID, lambda: list(bidi(self.channel, "Chat", iter([b"\xff"]), pb.EchoResponse)))
        self.fails(INVALID, lambda: client_stream(self.channel, "Join", iter([b"\x78\x01"])))


if __name__ == "__main__":
    unittest.main()
