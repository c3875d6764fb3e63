"""Officers of the register: one desk an account, each call by its service's and method's name. Messages come from the
.proto files when a script starts, so that nothing here knows more of the API than those say."""

import importlib
import os
import pathlib
import subprocess
import sys
import tempfile

import grpc

PREFECTURE = "prefectures/11"


def _modules():
    proto = pathlib.Path(os.environ["SEKISHO_PROTO"])
    out = tempfile.mkdtemp(prefix="sekisho-office-", dir=sys.argv[1])
    files = sorted(str(path.relative_to(proto)) for path in proto.glob("sekisho/v1/*.proto"))
    files += ["google/rpc/status.proto", "google/rpc/error_details.proto"]
    subprocess.run(["protoc", f"-I{proto}", "-I/usr/include", f"--python_out={out}", *files], check=True)
    sys.path.insert(0, out)
    importlib.import_module("google").__path__.append(f"{out}/google")
    return {file: importlib.import_module(file[:-len(".proto")].replace("/", ".") + "_pb2") for file in files}


_files = _modules()
status_pb = _files["google/rpc/status.proto"]
details_pb = _files["google/rpc/error_details.proto"]
register_pb = _files["sekisho/v1/register.proto"]
application_pb = _files["sekisho/v1/application.proto"]
_services = {name: service for module in _files.values() for name, service in module.DESCRIPTOR.services_by_name.items()}
_enums = {value.name: value.number for module in _files.values() for enum in module.DESCRIPTOR.enum_types_by_name.values()
          for value in enum.values}


def number(name):
    """The number of a value of any enumeration of the API."""
    return _enums[name]


def values(prefix):
    """The values of the enumeration whose names begin so, but for the one that is never sent."""
    return [value for name, value in _enums.items() if name.startswith(prefix) and value]


def date(year, month=0, day=0):
    return register_pb.Date(year=year, month=month, day=day)


class Refused(Exception):
    """A call's error: code, reason, and the details by their message's name."""

    def __init__(self, error):
        self.code = error.code()
        packed = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
        self.details = {}
        for detail in status_pb.Status.FromString(packed).details:
            name = detail.TypeName().rsplit(".", 1)[1]
            self.details[name] = getattr(details_pb, name)()
            detail.Unpack(self.details[name])
        self.reason = self.details["ErrorInfo"].reason if "ErrorInfo" in self.details else None
        self.field = self.details["BadRequest"].field_violations[0].field if "BadRequest" in self.details else None
        super().__init__(f"{self.code} {self.reason} {self.field} {error.details()}")


class Desk:
    """An account's session over its desk's connection."""

    def __init__(self, folder, account):
        self.folder = pathlib.Path(folder)
        rows = [line.split() for line in (self.folder / "sessions").read_text().splitlines()]
        self.desk, self.session = {row[0]: row[1:] for row in rows}[account]
        clients = self.folder / "set" / "clients"
        settings = dict(line.removeprefix("export ").split("=", 1)
                        for line in (clients / f"{self.desk}.env").read_text().splitlines() if "=" in line)
        settings = {key.strip(): value.strip().strip("'\"") for key, value in settings.items()}
        read = lambda key: pathlib.Path(settings[key]).read_bytes()
        credentials = grpc.ssl_channel_credentials(read("SEKISHO_CA"), read("SEKISHO_KEY"), read("SEKISHO_CERT"))
        self.channel = grpc.secure_channel(settings["SEKISHO_ADDRESS"], credentials,
                                           options=[("grpc.use_local_subchannel_pool", 1)])

    def _method(self, name):
        service, method = name.split(".")
        found = _services[service].methods_by_name[method]
        return f"/sekisho.v1.{name.replace('.', '/')}", found.input_type._concrete_class, found.output_type._concrete_class

    def _call(self, kind, name, request, timeout, session):
        path, _, answer = self._method(name)
        metadata = () if session is None else (("sekisho-session", session),)
        stub = getattr(self.channel, kind)(path, request_serializer=lambda message: message.SerializeToString(),
                                           response_deserializer=answer.FromString)
        return stub(request, timeout=timeout, metadata=metadata)

    def request(self, name, /, **fields):
        return self._method(name)[1](**fields)

    def call(self, name, /, timeout=20, session="", **fields):
        """A unary call; Refused when it fails. session=None: without one."""
        try:
            session = self.session if session == "" else session
            return self._call("unary_unary", name, self.request(name, **fields), timeout, session)
        except grpc.RpcError as error:
            raise Refused(error) from None

    def both(self, name, requests, /, timeout=60):
        """A stream of either side: all answers."""
        try:
            return list(self._call("stream_stream", name, iter(requests), timeout, self.session))
        except grpc.RpcError as error:
            raise Refused(error) from None

    def read(self, name, /, timeout=60, **fields):
        """A server's stream: all answers."""
        try:
            return list(self._call("unary_stream", name, self.request(name, **fields), timeout, self.session))
        except grpc.RpcError as error:
            raise Refused(error) from None

    def refused(self, name, reason, field=None, /, **fields):
        """A call that must be refused for this reason (and field); returns the error."""
        try:
            self.call(name, **fields)
        except Refused as error:
            assert error.reason == reason, error
            assert field is None or error.field == field, error
            return error
        raise AssertionError(f"{name} was not refused as {reason}")

    def pages(self, name, rows, /, **fields):
        """All rows of a list, page by page."""
        token = ""
        while True:
            answer = self.call(name, page_token=token, **fields)
            yield from getattr(answer, rows)
            token = answer.next_page_token
            if not token:
                return


def person(name, kana, year=1988, month=4, day=1, **more):
    return register_pb.Person(name=register_pb.Name(text=name), kana=kana, birth_date=date(year, month, day),
                              sex=number("SEX_FEMALE"), address="埼玉県さいたま市浦和区高砂三丁目15番1号",
                              municipality_code="11107", honseki_prefecture="11", **more)


def take_over(desk, people):
    """Takes over registrants of a register kept before: {serial: Person}."""
    rows = []
    for at, (serial, registrant) in enumerate(people.items(), 1):
        registration = register_pb.Registration(
            registration_date=date(2010, 4, 1), person=registrant, kind=number("REGISTER_KIND_CHILDCARE_WORKER"),
            route=number("QUALIFICATION_ROUTE_SCHOOL"), qualified_month=date(2010, 3),
            state=number("REGISTRATION_STATE_REGISTERED"))
        rows.append({"row": at, "registration_number": f"埼玉県-{serial:06}", "registration": registration})
    name = f"{PREFECTURE}/imports/{os.urandom(16).hex()}"
    answers = desk.both("RegisterService.ImportRegistrations",
                        [desk.request("RegisterService.ImportRegistrations", name=name, rows=rows)])
    assert answers[-1].imported == len(people) and answers[-1].refused == 0, answers


def registration_name(serial):
    return f"{PREFECTURE}/registrations/{serial:06}"
