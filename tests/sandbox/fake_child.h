/*
 * How a fake process of a set behaves. The test says it with the session_max of the configuration, which every process
 * is told: the warden under test is the product's own, without a switch for tests.
 */
#ifndef SEKISHO_TESTS_FAKE_CHILD_H
#define SEKISHO_TESTS_FAKE_CHILD_H

enum fake_behaviour {
    FAKE_SOUND = 1,          /* front asks for the attestation and reports how many rows agree in EVENT_LISTENING */
    FAKE_NO_FILTER,          /* vault: no seccomp filter */
    FAKE_KEEPS_CAPABILITIES, /* vault: keeps its capabilities (and its uid) */
    FAKE_KEEPS_NETWORK,      /* vault: stays in the network namespace */
    FAKE_KEEPS_ROOT,         /* vault: keeps the file system */
    FAKE_HIDES_DESCRIPTOR,   /* vault: has one descriptor more than it says */
    FAKE_OTHER_POLICY,       /* vault: another filter than its own */
    FAKE_STEP_LEFT_OUT,      /* vault: says that it left Landlock out */
    FAKE_KEEPS_FOLDER,       /* front: does not close the folder of the registers */
    FAKE_FAILING_STEP,       /* vault: its root folder cannot be mounted */
    FAKE_HOSTILE_CALL,       /* vault: once serving, makes a socket */
    FAKE_STORE_FAILS,        /* vault: once serving, ends with EXIT_STORE */
    FAKE_ABORTS,             /* vault: once serving, abort(3) */
    FAKE_BAD_FRAME,          /* front: once serving, sends READY again */
    FAKE_FLOOD,              /* front: once serving, sends 500 events */
    FAKE_DEAF,               /* front: ignores DRAIN for a second, then obeys */
};

#endif
