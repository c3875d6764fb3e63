# One build id for all processes of a build: frames carry it, so that binaries of different builds never talk (design: frames).
# It is the SHA-256 (first 16 bytes) of every source that fixes what crosses the boundary.
file(GLOB SEKISHO_WIRE_SOURCES CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/privsep/wire/*.[ch] ${CMAKE_SOURCE_DIR}/privsep/crypto/*.[ch])
set(SEKISHO_WIRE_HASHES "${PROJECT_VERSION};${CMAKE_C_COMPILER_VERSION};${SEKISHO_SANITIZE}")
foreach(source IN LISTS SEKISHO_WIRE_SOURCES)
  file(SHA256 ${source} hash)
  list(APPEND SEKISHO_WIRE_HASHES ${hash})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
endforeach()
string(SHA256 SEKISHO_BUILD_ID "${SEKISHO_WIRE_HASHES}")
string(SUBSTRING ${SEKISHO_BUILD_ID} 0 32 SEKISHO_BUILD_ID)
string(REGEX REPLACE "(..)" "0x\\1," SEKISHO_BUILD_ID_BYTES ${SEKISHO_BUILD_ID})
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/build_id.h CONTENT
"#define SEKISHO_BUILD_ID_BYTES { @SEKISHO_BUILD_ID_BYTES@ }
#define SEKISHO_VERSION \"@PROJECT_VERSION@\"
" @ONLY)
