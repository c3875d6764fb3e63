import threading
import unittest

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool
from harness import Server, ServerCase, bidi, health_pb, reflection_pb, server_stream, unary

Response = health_pb.HealthCheckResponse
HEALTH = "/grpc.health.v1.Health/"


class Health(ServerCase):
    def check(self, service):
        return unary(self.channel, HEALTH + "Check", health_pb.HealthCheckRequest(service=service), Response).status

    def test_check(self):
        self.assertEqual(self.check(""), Response.SERVING)
        self.assertEqual(self.check("interop.v1.InteropService"), Response.SERVING)
        self.fails(grpc.StatusCode.NOT_FOUND, lambda: self.check("interop.v1.Nope"))

    def test_list(self):
        answer = unary(self.channel, HEALTH + "List", health_pb.HealthListRequest(), health_pb.HealthListResponse)
        self.assertEqual({name: entry.status for name, entry in answer.statuses.items()},
                         {"": Response.SERVING, "interop.v1.InteropService": Response.SERVING})

    def test_watch(self):
        for service, status in (("", Response.SERVING), ("interop.v1.Nope", Response.SERVICE_UNKNOWN)):
            call = server_stream(self.channel, HEALTH + "Watch", health_pb.HealthCheckRequest(service=service), Response)
            self.assertEqual(next(call).status, status)
            call.cancel()

    def test_watch_sees_the_drain(self):
        server = Server()
        with server.channel() as channel:
            call = server_stream(channel, HEALTH + "Watch", health_pb.HealthCheckRequest(), Response, timeout=20)
            self.assertEqual(next(call).status, Response.SERVING)
            server.terminate()
            self.assertEqual(next(call).status, Response.NOT_SERVING)
            self.fails(grpc.StatusCode.UNAVAILABLE, lambda: next(call))
        server.stop()

    def test_many_watchers_come_and_go(self):
        def watch():
            for _ in range(20):
                call = server_stream(self.channel, HEALTH + "Watch", health_pb.HealthCheckRequest(), Response)
                next(call)
                call.cancel()
        threads = [threading.Thread(target=watch) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.check(""), Response.SERVING)


class Reflection(ServerCase):
    def ask(self, version, *requests):
        path = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
        answers = list(bidi(self.channel, path, iter(requests), reflection_pb.ServerReflectionResponse))
        self.assertEqual([answer.original_request for answer in answers], list(requests))
        return answers

    def both(self, *requests):
        answers = self.ask("v1", *requests)
        self.assertEqual(self.ask("v1alpha", *requests), answers)
        return answers

    def test_list_services(self):
        answer, = self.both(reflection_pb.ServerReflectionRequest(list_services="*"))
        self.assertEqual({service.name for service in answer.list_services_response.service}, {
            "interop.v1.InteropService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection"})

    def files(self, **question):
        answer, = self.both(reflection_pb.ServerReflectionRequest(host="h", **question))
        self.assertEqual(answer.valid_host, "h")
        return [descriptor_pb2.FileDescriptorProto.FromString(packed)
                for packed in answer.file_descriptor_response.file_descriptor_proto]

    def test_file_by_filename(self):
        self.assertEqual([file.name for file in self.files(file_by_filename="grpc/health/v1/health.proto")],
                         ["grpc/health/v1/health.proto"])

    def test_file_is_usable(self):
        pool = descriptor_pool.DescriptorPool()
        for file in reversed(self.files(file_containing_symbol="interop.v1.InteropService")):
            pool.Add(file)
        method = pool.FindServiceByName("interop.v1.InteropService").FindMethodByName("Chat")
        self.assertTrue(method.input_type.fields_by_name["payload"])

    def test_symbols(self):
        health = "grpc/health/v1/health.proto"
        for symbol, file in (("grpc.health.v1.Health.Watch", health), ("grpc.health.v1.HealthCheckResponse", health),
                             ("grpc.health.v1.HealthCheckResponse.ServingStatus", health),
                             ("grpc.health.v1.HealthCheckResponse.SERVING", health),
                             ("grpc.health.v1.HealthCheckRequest.service", health),
                             ("interop.v1.Part.label", "interop/v1/interop.proto")):
            self.assertEqual(self.files(file_containing_symbol=symbol)[0].name, file)

    def test_unknown_questions_leave_the_stream_open(self):
        request = reflection_pb.ServerReflectionRequest
        answers = self.both(
            request(file_by_filename="nope.proto"), request(file_containing_symbol="interop.v1"),
            request(file_containing_symbol="interop.v1.PartX"), request(all_extension_numbers_of_type="interop.v1.Part"),
            request(file_containing_extension=reflection_pb.ExtensionRequest(containing_type="x", extension_number=1)),
            request(), request(list_services=""))
        self.assertEqual([answer.error_response.error_code for answer in answers], [5, 5, 5, 12, 12, 12, 0])
        self.assertTrue(answers[-1].list_services_response.service)


if __name__ == "__main__":
    unittest.main()
