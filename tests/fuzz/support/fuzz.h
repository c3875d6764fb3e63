/*
 * What all fuzz targets share: the input as a sequence of choices, and invariants. A target is LLVMFuzzerTestOneInput;
 * built for fuzzing, libFuzzer calls it; in every other build replay.c runs it over the corpus.
 */
#ifndef SEKISHO_TESTS_FUZZ_H
#define SEKISHO_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant: unlike assert it is never compiled away. */
#define REQUIRE(what) ((what) ? (void)0 : fuzz_broken(#what, __FILE__, __LINE__))
__attribute__((noreturn)) void fuzz_broken(const char *what, const char *file, int line);

/* What is left of the input. Everything read beyond its end is zero. */
struct input {
    const uint8_t *at;
    size_t left;
};

uint8_t input_u8(struct input *input);
uint16_t input_u16(struct input *input);
uint32_t input_u32(struct input *input);
uint64_t input_u64(struct input *input);
void input_copy(struct input *input, void *out, size_t length);
/* The next `length` bytes, or as many as there are. */
struct input input_part(struct input *input, size_t length);

/* An own folder, made once; removed with its files when the process ends. */
const char *fuzz_folder(void);
void fuzz_empty_folder(void);
/* Writes a whole file of mode 0600 in it and returns its path, valid until the next call. */
const char *fuzz_file(const char *name, const void *data, size_t length);

#endif
