# sekisho_protobuf_c(TARGET FILES...): a static library of protoc-c output for files below proto/, with its include folder.
find_program(PROTOC_C protoc-c REQUIRED)
find_program(PROTOC protoc REQUIRED)
set(SEKISHO_PROTO_DIR ${CMAKE_SOURCE_DIR}/proto)
set(SEKISHO_PROTO_OUT ${CMAKE_BINARY_DIR}/generated/proto)

function(sekisho_protobuf_c target)
  file(MAKE_DIRECTORY ${SEKISHO_PROTO_OUT})
  set(sources)
  foreach(file IN LISTS ARGN)
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    # google/protobuf/*.proto come from the protobuf package, the rest from our tree.
    set(input ${SEKISHO_PROTO_DIR}/${file})
    if(NOT EXISTS ${input})
      set(input /usr/include/${file})
    endif()
    add_custom_command(
      OUTPUT ${SEKISHO_PROTO_OUT}/${stem}.pb-c.c ${SEKISHO_PROTO_OUT}/${stem}.pb-c.h
      COMMAND ${PROTOC_C} -I${SEKISHO_PROTO_DIR} -I/usr/include --c_out=${SEKISHO_PROTO_OUT} ${file}
      DEPENDS ${input} VERBATIM)
    list(APPEND sources ${SEKISHO_PROTO_OUT}/${stem}.pb-c.c)
  endforeach()
  add_library(${target} STATIC ${sources})
  # Generated code is not ours to lint.
  target_compile_options(${target} PRIVATE -w)
  target_include_directories(${target} SYSTEM PUBLIC ${SEKISHO_PROTO_OUT})
  target_link_libraries(${target} PUBLIC PkgConfig::PROTOBUFC)
endfunction()
