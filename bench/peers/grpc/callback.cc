// gRPC C++, callback API: what its documentation shows first. Threads are gRPC's own.
#include <cstdio>
#include <memory>

#include "bench.grpc.pb.h"
#include "peer.h"

namespace
{
using sekisho::bench::v1::PingRequest;
using sekisho::bench::v1::PingResponse;

class PingService final : public sekisho::bench::v1::BenchService::CallbackService
{
    grpc::ServerUnaryReactor *Ping(grpc::CallbackServerContext *context, const PingRequest *request,
                                   PingResponse *response) override
    {
        response->set_payload(request->payload());
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }
};
} // namespace

int main(int argc, char **argv)
{
    PeerOptions options = parse_peer_options(argc, argv);
    block_end_signals();
    PingService service;
    grpc::ServerBuilder builder;
    int port = 0;
    add_listener(builder, options, &port);
    builder.RegisterService(&service);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr) {
        std::fputs("bench-peer-callback: cannot listen\n", stderr);
        return 1;
    }
    serve_until_signal(port);
    server->Shutdown();
    return 0;
}
