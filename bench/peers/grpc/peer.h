// What both gRPC C++ peers share: the command line, credentials and the end by a signal.
#ifndef SEKISHO_BENCH_PEER_H
#define SEKISHO_BENCH_PEER_H

#include <string>

#include <grpcpp/grpcpp.h>

struct PeerOptions {
    std::string address; // "127.0.0.1:0" or "unix:/path"
    int threads = 1;
    std::string ca_file, certificate_file, key_file; // all or none
};

// Ends the process with the usage when the arguments are wrong.
PeerOptions parse_peer_options(int argc, char **argv);

// Adds the listener; *port is set when the server has started.
void add_listener(grpc::ServerBuilder &builder, const PeerOptions &options, int *port);

// Blocks SIGTERM and SIGINT for this thread and those made later. Before the server starts.
void block_end_signals();

// Prints "ready <port>" and returns when the process is told to end.
void serve_until_signal(int port);

#endif
