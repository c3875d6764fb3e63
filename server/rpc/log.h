/*
 * Core's own log lines (failed handshakes, refused ports) are caused by whoever connects: they are made printable,
 * short, and few, so that a stranger cannot fill the log or block the server on it.
 */
#ifndef SEKISHO_RPC_LOG_H
#define SEKISHO_RPC_LOG_H

void rpc_log_install(void);

#endif
