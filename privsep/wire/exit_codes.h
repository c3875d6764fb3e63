/* Exit codes of Sekisho's processes. They are an interface: the warden, its log and an operator's scripts read them. */
#ifndef SEKISHO_WIRE_EXIT_CODES_H
#define SEKISHO_WIRE_EXIT_CODES_H

enum exit_code {
    EXIT_DRAINED = 0,    /* asked to end by the warden */
    EXIT_PROTOCOL = 70,  /* a peer broke the wire protocol: taken as an attack by that peer */
    EXIT_SANDBOX = 71,   /* a step of the sandbox failed or is not what was promised */
    EXIT_STORE = 72,     /* the store cannot be opened, read or written */
    EXIT_BUDGET = 73,    /* a hard budget of the process is spent */
    EXIT_CONFIG = 74,    /* configuration, a key file or a certificate is unusable */
    EXIT_PEER_GONE = 75, /* the other end of a channel closed */
    EXIT_CRYPTO = 76,    /* libcrypto refused an operation that cannot fail in a sound process */
    EXIT_SYSTEM = 77,    /* a system call failed that has no business failing */
    EXIT_GAVE_UP = 78,   /* the warden only: restarted too often within an hour */
    EXIT_FRONT = 79,     /* a set only: its front ran out of memory, and the others merely followed */
};

#endif
