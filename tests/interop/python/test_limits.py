import random
import socket
import unittest

import grpc
from harness import FOLDER, ServerCase, client_stream, details, pb, unary, unary_future

EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED


class Sizes(ServerCase):
    def test_oversized_message(self):
        self.fails(EXHAUSTED, lambda: unary(self.channel, "Echo", pb.EchoRequest(payload=bytes(5_000_000))))
        self.fails(EXHAUSTED, lambda: unary(self.channel, "Echo", pb.EchoRequest(payload=bytes(128 * 1024))))

    def test_oversized_message_in_a_stream(self):
        before = self.inspect()
        requests = iter([pb.EchoRequest(text="a"), pb.EchoRequest(payload=bytes(200_000)), pb.EchoRequest(text="b")])
        self.fails(EXHAUSTED, lambda: client_stream(self.channel, "Join", requests))
        self.eventually(lambda: self.inspect().done > before.done)
        self.assertEqual(self.inspect().half_closed, before.half_closed)

    def test_oversized_metadata(self):
        self.fails(EXHAUSTED, lambda: self.inspect(metadata=(("x-interop", "x" * 20_000),)))

    def test_compressed_request(self):
        for compression in (grpc.Compression.Gzip, grpc.Compression.Deflate):
            self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: unary(
                self.channel, "Echo", pb.EchoRequest(payload=bytes(100_000)), compression=compression))
        self.assertEqual(unary(self.channel, "Ping", b""), b"")


class Calls(ServerCase):
    max_calls = 4

    def test_more_calls_than_allowed(self):
        self.assertIsNone(self.refused())
        running = [unary_future(self.channel, "Slow", pb.SlowRequest(delay_ms=2000)) for _ in range(4)]
        self.eventually(lambda: self.refused() is not None, seconds=1.5)
        found = details(self.refused())
        self.assertEqual(found["ErrorInfo"].reason, "TOO_MANY_CALLS")
        self.assertGreater(found["RetryInfo"].retry_delay.ToMilliseconds(), 0)
        for call in running:
            call.result()
        self.assertIsNone(self.refused())

    def refused(self):
        try:
            unary(self.channel, "Ping", b"")
        except grpc.RpcError as error:
            self.assertEqual(error.code(), EXHAUSTED)
            return error
        return None


class Garbage(ServerCase):
    """Bytes of no protocol: the connection ends, the server stays."""

    PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    def send(self, family, address, data):
        with socket.socket(family, socket.SOCK_STREAM) as stranger:
            stranger.settimeout(2)
            stranger.connect(address)
            try:
                stranger.sendall(data)
                stranger.shutdown(socket.SHUT_WR)
                while stranger.recv(4096):
                    pass
            except OSError:
                pass

    def test_random_bytes(self):
        generator = random.Random(20)
        for size in (1, 9, 100, 5000, 100_000):
            data = generator.randbytes(size)
            self.send(socket.AF_INET, ("127.0.0.1", self.server.port), data)
            self.send(socket.AF_UNIX, str(FOLDER / "socket"), data)
            self.send(socket.AF_UNIX, str(FOLDER / "socket"), self.PREFACE + data)
        self.assertEqual(unary(self.channel, "Ping", b""), b"")

    def test_random_frames(self):
        generator = random.Random(21)
        for _ in range(50):
            frames = b"".join(
                len(body).to_bytes(3, "big") + bytes([generator.randrange(11), generator.randrange(256)])
                + generator.randrange(8).to_bytes(4, "big") + body
                for body in (generator.randbytes(generator.randrange(64)) for _ in range(30)))
            self.send(socket.AF_UNIX, str(FOLDER / "socket"), self.PREFACE + bytes(3) + b"\x04" + bytes(5) + frames)
        self.assertEqual(unary(self.channel, "Ping", b""), b"")

    def test_random_messages(self):
        generator = random.Random(22)
        for _ in range(1000):
            request = generator.randbytes(generator.randrange(40))
            try:
                unary(self.channel, "Echo", request)
            except grpc.RpcError as error:
                self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(unary(self.channel, "Ping", b""), b"")


if __name__ == "__main__":
    unittest.main()
