/*
 * Opens what the configuration names, and refuses what someone else could have put there: every folder on the way must
 * belong to root or the starting user and not be writable by others (unless sticky), no component may be a symbolic
 * link, and the file itself must have the owner and the mode that its rule asks for. Each refusal is logged with the
 * path.
 *
 * Trusted inputs: the command line, the configuration file and what root and the starting user own.
 */
#ifndef SEKISHO_WARDEN_PATHS_H
#define SEKISHO_WARDEN_PATHS_H

#include <stdbool.h>
#include <sys/types.h>

#include "warden/config.h"

struct opened_files {
    int root_key, login_key, server_certificate, server_key, client_ca, terms;
    int sign_authorities, auth_authorities, crl; /* of what is not configured: /dev/null */
};

/* A regular file, owned by root or the starting user, not writable by others. Relative paths start at the current
 * folder. O_RDONLY|O_CLOEXEC descriptor, or -1. */
int path_open_config(const char *path);

/* What an unsealing process is given; -1: not configured. */
struct unsealing_files {
    int wrapped, secret, module;
};

/* All files of the configuration that processes of a set are given, read-only (root_key as it is, wrapped or not).
 * false after logging every problem; then nothing stays open. */
bool paths_open(const struct warden_config *config, struct opened_files *files);

/* As paths_open, of the root_key_ lines. */
bool paths_open_unsealing(const struct warden_config *config, struct unsealing_files *files);

/* A folder, made with `mode` when it is missing. Its owner is the starting user or `owner`, nobody else may write to
 * it. O_RDONLY|O_DIRECTORY|O_CLOEXEC descriptor, or -1 after logging. */
int path_open_folder(const char *key, const char *path, mode_t mode, uid_t owner);

#endif
