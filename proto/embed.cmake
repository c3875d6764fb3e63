# Run with cmake -P: writes the bytes of INPUT as a C array SYMBOL into OUT/SYMBOL.c, declared in OUT/SYMBOL.h.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE ${OUT}/${SYMBOL}.h "#pragma once
#include <stddef.h>
#include <stdint.h>

extern const uint8_t ${SYMBOL}[];
extern const size_t ${SYMBOL}_length;
")
file(WRITE ${OUT}/${SYMBOL}.c "#include \"${SYMBOL}.h\"

const uint8_t ${SYMBOL}[] = {
${bytes}
};
const size_t ${SYMBOL}_length = sizeof ${SYMBOL};
")
