"""Starts the test server and talks to it. The messages are generated from the .proto files when the tests run."""

import importlib
import os
import pathlib
import select
import subprocess
import sys
import tempfile
import time
import unittest

import grpc

HERE = pathlib.Path(__file__).resolve().parent
SERVER = os.environ["INTEROP_SERVER"]
PROTO = pathlib.Path(os.environ["SEKISHO_PROTO"])
SERVICE = "/interop.v1.InteropService/"

_folder = tempfile.TemporaryDirectory(prefix="interop-")
FOLDER = pathlib.Path(_folder.name)


def _generate():
    out = FOLDER / "python"
    out.mkdir()
    files = [
        "interop/v1/interop.proto", "google/rpc/status.proto", "google/rpc/error_details.proto",
        "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto",
    ]
    subprocess.run(
        ["protoc", f"-I{HERE.parent / 'proto'}", f"-I{PROTO}", "-I/usr/include", f"--python_out={out}", *files], check=True)
    # `grpc` and `google` are installed packages: ours are added to their search paths.
    sys.path.insert(0, str(out))
    grpc.__path__.append(str(out / "grpc"))
    google = importlib.import_module("google")
    google.__path__.append(str(out / "google"))
    subprocess.run([HERE.parent / "make-certificates", FOLDER], check=True)


_generate()
pb = importlib.import_module("interop.v1.interop_pb2")
status_pb = importlib.import_module("google.rpc.status_pb2")
details_pb = importlib.import_module("google.rpc.error_details_pb2")
health_pb = importlib.import_module("grpc.health.v1.health_pb2")
reflection_pb = importlib.import_module("grpc.reflection.v1.reflection_pb2")


def pem(name):
    return (FOLDER / f"{name}.pem").read_bytes()


class Server:
    """A running test server. `stop` drains it and insists on a clean end: sanitizers and the leak check report by exit code."""

    def __init__(self, port=0, max_calls=0):
        arguments = [SERVER, str(FOLDER), str(port)] + ([str(max_calls)] if max_calls else [])
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        line = self.process.stdout.readline().split() if ready else []
        if len(line) != 2:
            self.process.kill()
            raise RuntimeError("the server did not start: " + self.process.communicate()[1])
        self.port = int(line[1])

    def channel(self, client="client", authority="ca", options=()):
        credentials = grpc.ssl_channel_credentials(
            pem(authority), pem(f"{client}-key") if client else None, pem(client) if client else None)
        return grpc.secure_channel(f"localhost:{self.port}", credentials, options=list(options))

    def unix_channel(self, options=()):
        return grpc.insecure_channel(f"unix:{FOLDER / 'socket'}", options=list(options))

    def terminate(self):
        self.process.terminate()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            output, errors = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the server did not drain: " + self.process.communicate()[1])
        if self.process.returncode != 0 or "drained" not in output:
            raise AssertionError(f"the server ended with {self.process.returncode}: {errors}")
        return errors


class ServerCase(unittest.TestCase):
    """One server and one channel for the tests of a class."""

    max_calls = 0

    @classmethod
    def setUpClass(cls):
        cls.server = Server(max_calls=cls.max_calls)
        cls.addClassCleanup(cls.server.stop)
        # Its own connection: channels to one address would share it, and with it what a test does to it.
        cls.channel = cls.server.channel(options=[("grpc.use_local_subchannel_pool", 1)])
        cls.addClassCleanup(cls.channel.close)

    def fails(self, code, call):
        """Runs a call that must fail; returns the error."""
        with self.assertRaises(grpc.RpcError) as caught:
            call()
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        return caught.exception

    def inspect(self, **options):
        return unary(self.channel, "Inspect", pb.InspectRequest(), pb.InspectResponse, **options)

    def eventually(self, condition, seconds=5):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it did not come")
            time.sleep(0.02)


def _stub(channel, kind, method, answer):
    path = method if method.startswith("/") else SERVICE + method
    serialize = lambda message: message if isinstance(message, bytes) else message.SerializeToString()
    return getattr(channel, kind)(path, request_serializer=serialize, response_deserializer=answer and answer.FromString)


def unary(channel, method, request, answer=None, timeout=10, **options):
    return _stub(channel, "unary_unary", method, answer)(request, timeout=timeout, **options)


def unary_future(channel, method, request, answer=None, timeout=10):
    return _stub(channel, "unary_unary", method, answer).future(request, timeout=timeout)


def client_stream(channel, method, requests, answer=None, timeout=10, **options):
    return _stub(channel, "stream_unary", method, answer)(requests, timeout=timeout, **options)


def server_stream(channel, method, request, answer=None, timeout=10):
    return _stub(channel, "unary_stream", method, answer)(request, timeout=timeout)


def bidi(channel, method, requests, answer=None, timeout=10):
    return _stub(channel, "stream_stream", method, answer)(requests, timeout=timeout)


def details(error):
    """The google.rpc.Status of an error as {message name: message}; the code and message are checked against it."""
    packed = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    if packed is None:
        return {}
    status = status_pb.Status.FromString(packed)
    assert status.code == error.code().value[0] and status.message == error.details()
    found = {}
    for any_message in status.details:
        name = any_message.TypeName().rsplit(".", 1)[1]
        message = getattr(details_pb, name)()
        assert any_message.Unpack(message)
        found[name] = message
    return found
