# sekisho_descriptor_set(TARGET SYMBOL [IMPORT folder] FILES...): a library with the FileDescriptorSet of FILES and all they
# import as `const uint8_t SYMBOL[]` and `const size_t SYMBOL_length`, declared in "SYMBOL.h". protobuf-c's descriptors hold
# neither the streaming kinds nor what reflection serves, so the server is given this.
function(sekisho_descriptor_set target symbol)
  cmake_parse_arguments(PARSE_ARGV 2 set "" "IMPORT" "")
  set(imports -I${SEKISHO_PROTO_DIR} -I/usr/include)
  if(set_IMPORT)
    list(PREPEND imports -I${set_IMPORT})
  endif()
  set(inputs)
  foreach(file IN LISTS set_UNPARSED_ARGUMENTS)
    foreach(folder ${set_IMPORT} ${SEKISHO_PROTO_DIR} /usr/include)
      if(EXISTS ${folder}/${file})
        list(APPEND inputs ${folder}/${file})
        break()
      endif()
    endforeach()
  endforeach()
  set(embed ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed.cmake)
  set(out ${CMAKE_BINARY_DIR}/generated/descriptor_set/${target})
  file(MAKE_DIRECTORY ${out})
  add_custom_command(
    OUTPUT ${out}/${symbol}.c ${out}/${symbol}.h
    COMMAND ${PROTOC} ${imports} --include_imports --descriptor_set_out=${out}/${symbol}.binpb
            ${set_UNPARSED_ARGUMENTS}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${out}/${symbol}.binpb -DSYMBOL=${symbol} -DOUT=${out}
            -P ${embed}
    DEPENDS ${inputs} ${embed} VERBATIM)
  add_library(${target} STATIC ${out}/${symbol}.c ${out}/${symbol}.h)
  target_include_directories(${target} SYSTEM PUBLIC ${out})
endfunction()
