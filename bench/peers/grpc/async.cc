// gRPC C++, completion-queue API: one queue and one thread each, as doc/cpp/perf_notes.md of gRPC advises.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "bench.grpc.pb.h"
#include "peer.h"

namespace
{
using Service = sekisho::bench::v1::BenchService::AsyncService;
using sekisho::bench::v1::PingRequest;
using sekisho::bench::v1::PingResponse;

// Calls waiting for a request on each queue: more than are ever in flight on one.
constexpr int kPosted = 64;

class PingCall
{
  public:
    PingCall(Service *service, grpc::ServerCompletionQueue *queue) : service_(service), queue_(queue), writer_(&context_)
    {
        service_->RequestPing(&context_, &request_, &writer_, queue_, queue_, this);
    }

    // The event of this call: a request has come, or its answer has gone.
    void proceed(bool ok)
    {
        if (answered_ || !ok) {
            delete this;
            return;
        }
        new PingCall(service_, queue_);
        answered_ = true;
        response_.set_payload(request_.payload());
        writer_.Finish(response_, grpc::Status::OK, this);
    }

  private:
    Service *service_;
    grpc::ServerCompletionQueue *queue_;
    grpc::ServerContext context_;
    PingRequest request_;
    PingResponse response_;
    grpc::ServerAsyncResponseWriter<PingResponse> writer_;
    bool answered_ = false;
};

void serve(Service *service, grpc::ServerCompletionQueue *queue)
{
    for (int i = 0; i < kPosted; i++) {
        new PingCall(service, queue);
    }
    void *tag = nullptr;
    bool ok = false;
    while (queue->Next(&tag, &ok)) {
        static_cast<PingCall *>(tag)->proceed(ok);
    }
}
} // namespace

int main(int argc, char **argv)
{
    PeerOptions options = parse_peer_options(argc, argv);
    block_end_signals();
    Service service;
    grpc::ServerBuilder builder;
    int port = 0;
    add_listener(builder, options, &port);
    builder.RegisterService(&service);
    std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
    for (int i = 0; i < options.threads; i++) {
        queues.push_back(builder.AddCompletionQueue());
    }
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr) {
        std::fputs("bench-peer-async: cannot listen\n", stderr);
        return 1;
    }
    std::vector<std::thread> threads;
    for (auto &queue : queues) {
        threads.emplace_back(serve, &service, queue.get());
    }
    serve_until_signal(port);
    // The bench ends its servers when no call runs; whatever is still posted dies with the process.
    std::fflush(stdout);
    std::_Exit(0);
}
