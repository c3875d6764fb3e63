/* The PEM files of the front: read once from the descriptors given, before the lock-down. */
#ifndef SEKISHO_FRONT_PEM_H
#define SEKISHO_FRONT_PEM_H

#include <stdbool.h>

#define PEM_SIZE 65536

struct pem_files {
    char certificate[PEM_SIZE], key[PEM_SIZE], client_ca[PEM_SIZE]; /* zero-terminated */
};

/* Reads a whole text and closes the descriptor. False when it is empty, too long, or has a zero byte. */
bool pem_read(int fd, char text[PEM_SIZE]);

#endif
