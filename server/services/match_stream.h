/* The handlers of NumberService.MatchStream. */
#ifndef SEKISHO_SERVICES_MATCH_STREAM_H
#define SEKISHO_SERVICES_MATCH_STREAM_H

#include "server/rpc/rpc.h"
#include "server/services/methods.h"

void match_stream_start(struct rpc_call *call);
void match_stream_message(struct rpc_call *call, const ProtobufCMessage *request);
void match_stream_half_close(struct rpc_call *call);
void match_stream_cancel(struct rpc_call *call);
void match_stream_sent(struct rpc_call *call);
void match_stream_done(struct rpc_call *call);

#define MATCH_STREAM_METHOD                                                                                            \
    {                                                                                                                  \
        METHOD_ROW(NumberService, MatchStream),                                                                        \
            .kind = RPC_BIDI_STREAM, .on_start = match_stream_start, .on_message = match_stream_message,               \
            .on_half_close = match_stream_half_close, .on_cancel = match_stream_cancel, .on_sent = match_stream_sent,  \
            .on_done = match_stream_done                                                                               \
    }

#endif
