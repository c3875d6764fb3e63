#include "peer.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace
{
[[noreturn]] void usage()
{
    std::fputs("usage: bench-peer-* ADDRESS THREADS [CA CERT KEY]\n", stderr);
    std::exit(2);
}

std::string read_file(const std::string &path)
{
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file || text.str().empty()) {
        std::fprintf(stderr, "bench-peer: cannot read %s\n", path.c_str());
        std::exit(1);
    }
    return text.str();
}

std::shared_ptr<grpc::ServerCredentials> credentials(const PeerOptions &options)
{
    if (options.ca_file.empty()) {
        return grpc::InsecureServerCredentials();
    }
    grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = read_file(options.ca_file);
    tls.pem_key_cert_pairs.push_back({read_file(options.key_file), read_file(options.certificate_file)});
    return grpc::SslServerCredentials(tls);
}

sigset_t end_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}
} // namespace

PeerOptions parse_peer_options(int argc, char **argv)
{
    if (argc != 3 && argc != 6) {
        usage();
    }
    PeerOptions options;
    options.address = argv[1];
    options.threads = std::atoi(argv[2]);
    if (options.threads < 1 || options.threads > 64) {
        usage();
    }
    if (argc == 6) {
        options.ca_file = argv[3];
        options.certificate_file = argv[4];
        options.key_file = argv[5];
    }
    return options;
}

void add_listener(grpc::ServerBuilder &builder, const PeerOptions &options, int *port)
{
    // Two servers on one port would share the load unseen.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(options.address, credentials(options), port);
}

void block_end_signals()
{
    sigset_t signals = end_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void serve_until_signal(int port)
{
    std::printf("ready %d\n", port);
    std::fflush(stdout);
    sigset_t signals = end_signals();
    int received = 0;
    sigwait(&signals, &received);
}
