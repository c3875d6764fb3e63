import queue
import subprocess
import time
import unittest

import grpc
from harness import FOLDER, SERVER, Server, ServerCase, bidi, pb, server_stream, unary, unary_future

LOCAL = [("grpc.use_local_subchannel_pool", 1)]


class Tls(ServerCase):
    def refused(self, channel):
        with channel:
            self.fails(grpc.StatusCode.UNAVAILABLE, lambda: unary(channel, "Ping", b"", timeout=5))

    def test_no_client_certificate(self):
        self.refused(self.server.channel(client=None, options=LOCAL))

    def test_client_of_a_foreign_authority(self):
        self.refused(self.server.channel(client="foreign-client", options=LOCAL))

    def test_server_of_a_foreign_authority(self):
        self.refused(self.server.channel(authority="foreign-ca", options=LOCAL))

    def test_no_tls(self):
        self.refused(grpc.insecure_channel(f"127.0.0.1:{self.server.port}", options=LOCAL))

    def tearDown(self):
        self.assertEqual(unary(self.channel, "Ping", b""), b"")


class Start(unittest.TestCase):
    def start(self, folder, port=0):
        return subprocess.run([SERVER, str(folder), str(port)], capture_output=True, text=True, timeout=20)

    def test_port_in_use(self):
        server = Server()
        self.addCleanup(server.stop)
        second = self.start(FOLDER, server.port)
        self.assertEqual(second.returncode, 1)
        self.assertIn("in use", second.stderr)

    def test_key_of_another_certificate(self):
        folder = FOLDER / "mixed"
        folder.mkdir()
        for name, source in (("server.pem", "server.pem"), ("server-key.pem", "client-key.pem"), ("ca.pem", "ca.pem")):
            (folder / name).write_bytes((FOLDER / source).read_bytes())
        started = self.start(folder)
        self.assertEqual(started.returncode, 1)
        self.assertIn("does not belong", started.stderr)
        (folder / "server-key.pem").write_text("no key")
        self.assertIn("not an unencrypted PEM private key", self.start(folder).stderr)

    def test_unix_socket_of_a_dead_server_is_replaced(self):
        first = Server()
        first.process.kill()
        first.process.communicate()
        self.assertTrue((FOLDER / "socket").exists())
        second = Server()
        with second.unix_channel(options=LOCAL) as channel:
            self.assertEqual(unary(channel, "Ping", b""), b"")
        second.stop()


class Drain(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.channel = self.server.channel(options=LOCAL)
        self.addCleanup(self.channel.close)
        unary(self.channel, "Ping", b"")

    def test_running_calls_end_well(self):
        slow = unary_future(self.channel, "Slow", pb.SlowRequest(delay_ms=800))
        stream = server_stream(self.channel, "Repeat", pb.EchoRequest(text="x", count=20000), pb.EchoResponse)
        next(stream)
        self.server.terminate()
        self.assertEqual(slow.result(), b"")
        self.assertEqual(len(list(stream)), 19999)
        self.assertLess(self.seconds(self.server.stop), 2.5)

    def test_endless_calls_are_cancelled_after_the_grace(self):
        waiting = queue.Queue()
        self.addCleanup(waiting.put, None)
        call = bidi(self.channel, "Chat", iter(waiting.get, None), pb.EchoResponse, timeout=30)
        waiting.put(pb.EchoRequest(text="one"))
        next(call)
        self.server.terminate()
        with self.assertRaises(grpc.RpcError) as caught:
            next(call)
        self.assertIn(caught.exception.code(), (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED))
        self.server.stop()

    def test_call_of_another_thread_outlives_the_grace(self):
        slow = unary_future(self.channel, "Slow", pb.SlowRequest(delay_ms=4500), timeout=20)
        time.sleep(0.2)
        self.server.terminate()
        with self.assertRaises(grpc.RpcError):
            slow.result()
        self.server.stop()

    def test_no_new_connections(self):
        slow = unary_future(self.channel, "Slow", pb.SlowRequest(delay_ms=1500))
        time.sleep(0.2)
        self.server.terminate()
        time.sleep(0.3)
        with self.server.channel(options=LOCAL) as late:
            with self.assertRaises(grpc.RpcError) as caught:
                unary(late, "Ping", b"", timeout=1)
        self.assertIn(caught.exception.code(), (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))
        slow.result()
        self.server.stop()

    def test_while_calls_rain(self):
        calls = [unary_future(self.channel, "Slow", pb.SlowRequest(delay_ms=i % 50)) for i in range(500)]
        self.server.terminate()
        for call in calls:
            self.assertIn(call.code(), (grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED))
        self.server.stop()

    @staticmethod
    def seconds(action):
        start = time.monotonic()
        action()
        return time.monotonic() - start


if __name__ == "__main__":
    unittest.main()
