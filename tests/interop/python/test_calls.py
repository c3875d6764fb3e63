import hashlib
import queue
import ssl
import unittest

import grpc
from harness import ServerCase, bidi, client_stream, pb, pem, server_stream, unary, unary_future


class Unary(ServerCase):
    def test_empty(self):
        self.assertEqual(unary(self.channel, "Ping", pb.PingRequest(), pb.PingResponse), pb.PingResponse())

    def test_japanese_text_comes_back(self):
        self.assertEqual(unary(self.channel, "Echo", pb.EchoRequest(text="関所の通行手形𠮷"), pb.EchoResponse).text, "関所の通行手形𠮷")

    def test_payload_of_a_full_batch(self):
        payload = bytes(range(256)) * 400
        self.assertEqual(unary(self.channel, "Echo", pb.EchoRequest(payload=payload), pb.EchoResponse).payload, payload)

    def test_many_at_a_time(self):
        calls = [unary_future(self.channel, "Echo", pb.EchoRequest(text=str(i)), pb.EchoResponse) for i in range(500)]
        self.assertEqual([call.result().text for call in calls], [str(i) for i in range(500)])

    def test_answered_from_another_thread(self):
        calls = [unary_future(self.channel, "Slow", pb.SlowRequest(delay_ms=i % 7), pb.SlowResponse) for i in range(200)]
        for call in calls:
            call.result()

    def test_metadata(self):
        answer = self.inspect(metadata=(("x-interop", "first"), ("x-interop", "second")))
        self.assertEqual(answer.metadata, "first")
        self.assertEqual(self.inspect().metadata, "")

    def test_deadline_is_seen(self):
        left = self.inspect(timeout=5).time_left_ms
        self.assertTrue(4000 < left <= 5100, left)  # clients round up
        self.assertEqual(self.inspect(timeout=None).time_left_ms, -1)

    def test_certificate_hash(self):
        der = ssl.PEM_cert_to_DER_cert(pem("client").decode())
        for _ in range(3):
            self.assertEqual(self.inspect().certificate, hashlib.sha256(der).digest())

    def test_no_certificate_on_the_unix_socket(self):
        with self.server.unix_channel() as channel:
            answer = unary(channel, "Inspect", pb.InspectRequest(), pb.InspectResponse)
        self.assertEqual(answer.certificate, bytes(32))


class Streams(ServerCase):
    def test_client_stream(self):
        requests = (pb.EchoRequest(text=str(i)) for i in range(300))
        self.assertEqual(client_stream(self.channel, "Join", requests, pb.EchoResponse).text, "".join(map(str, range(300))))

    def test_client_stream_without_a_message(self):
        self.assertEqual(client_stream(self.channel, "Join", iter(()), pb.EchoResponse).text, "")

    def test_server_stream(self):
        answers = list(server_stream(self.channel, "Repeat", pb.EchoRequest(text="x", count=3000), pb.EchoResponse))
        self.assertEqual([answer.text for answer in answers], ["x"] * 3000)

    def test_server_stream_without_a_message(self):
        self.assertEqual(list(server_stream(self.channel, "Repeat", pb.EchoRequest(count=0), pb.EchoResponse)), [])

    def test_bidi_all_at_once(self):
        requests = [pb.EchoRequest(text=str(i), payload=bytes(1000)) for i in range(2000)]
        answers = [answer.text for answer in bidi(self.channel, "Chat", iter(requests), pb.EchoResponse, timeout=60)]
        self.assertEqual(answers, [str(i) for i in range(2000)])

    def test_bidi_in_turn(self):
        waiting = queue.Queue()
        call = bidi(self.channel, "Chat", iter(waiting.get, None), pb.EchoResponse)
        for i in range(50):
            waiting.put(pb.EchoRequest(text=str(i)))
            self.assertEqual(next(call).text, str(i))
        waiting.put(None)
        self.assertEqual(list(call), [])
        self.assertEqual(call.code(), grpc.StatusCode.OK)


class Ends(ServerCase):
    """Deadlines and cancellation, seen from both sides."""

    def test_deadline_of_a_unary_call(self):
        before = self.inspect().cancelled
        self.fails(grpc.StatusCode.DEADLINE_EXCEEDED,
                   lambda: unary(self.channel, "Slow", pb.SlowRequest(delay_ms=1500), timeout=0.2))
        self.eventually(lambda: self.inspect().cancelled > before, seconds=1)

    def test_deadline_of_a_stream(self):
        before = self.inspect()
        waiting = queue.Queue()
        self.addCleanup(waiting.put, None)
        self.fails(grpc.StatusCode.DEADLINE_EXCEEDED,
                   lambda: list(bidi(self.channel, "Chat", iter(waiting.get, None), pb.EchoResponse, timeout=0.3)))
        self.assertEqual(self.inspect().half_closed, before.half_closed)

    def test_cancelled_unary_call(self):
        before = self.inspect().cancelled
        call = unary_future(self.channel, "Slow", pb.SlowRequest(delay_ms=1500))
        self.eventually(lambda: unary(self.channel, "Ping", b"") == b"")
        call.cancel()
        self.eventually(lambda: self.inspect().cancelled > before, seconds=1)

    def test_cancelled_stream_is_not_half_closed(self):
        before = self.inspect()
        waiting = queue.Queue()
        call = bidi(self.channel, "Chat", iter(waiting.get, None), pb.EchoResponse)
        waiting.put(pb.EchoRequest(text="one"))
        self.assertEqual(next(call).text, "one")
        call.cancel()
        waiting.put(None)
        self.eventually(lambda: self.inspect().cancelled > before.cancelled and self.inspect().done > before.done)
        self.assertEqual(self.inspect().half_closed, before.half_closed)

    def test_cancelled_server_stream_stops(self):
        before = self.inspect()
        call = server_stream(self.channel, "Repeat", pb.EchoRequest(text="x" * 60, count=2**32 - 1), pb.EchoResponse)
        for _ in range(100):
            next(call)
        call.cancel()
        self.eventually(lambda: self.inspect().done > before.done)

    def test_many_cancelled_at_once(self):
        before = self.inspect().done
        for _ in range(200):
            bidi(self.channel, "Chat", iter([pb.EchoRequest(text="x")] * 3), pb.EchoResponse).cancel()
        self.assertEqual(unary(self.channel, "Ping", b""), b"")
        self.assertGreaterEqual(self.inspect().done, before)


if __name__ == "__main__":
    unittest.main()
