# Warnings are errors, and every binary is hardened in every build type.
add_compile_options(
  -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wformat=2 -Wvla -Wimplicit-fallthrough -Wpointer-arith -Wwrite-strings -Wundef
  -fno-common -fstack-protector-strong -fno-strict-aliasing)
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
set(CMAKE_EXE_LINKER_FLAGS "${CMAKE_EXE_LINKER_FLAGS} -pie")
if(SEKISHO_SANITIZE)
  list(JOIN SEKISHO_SANITIZE "," SEKISHO_SANITIZE_LIST)
  add_compile_options(-fsanitize=${SEKISHO_SANITIZE_LIST} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SEKISHO_SANITIZE_LIST})
  # A sanitized process needs a declared, wider seccomp filter (privsep/sandbox/sanitizer.def); it attests as such.
  add_compile_definitions(SEKISHO_SANITIZED=1)
else()
  add_compile_options($<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
add_compile_definitions(_GNU_SOURCE)
