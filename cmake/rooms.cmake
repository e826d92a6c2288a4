# One library per room, so that the link graph is the law of imports (tests/tidy/include_law.txt).

find_package(Threads REQUIRED)

add_library(plumbline_flags INTERFACE)
target_compile_options(plumbline_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wno-missing-field-initializers -Wnon-virtual-dtor -Wimplicit-fallthrough -Werror
  -fno-omit-frame-pointer -g1 -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
# Diagnostics that g++ 12 raises falsely in the standard library's own headers at -O2.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(plumbline_flags INTERFACE
    -Wno-error=restrict -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow
    -Wno-stringop-overread -Wno-dangling-pointer)
endif()
target_include_directories(plumbline_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(plumbline_flags INTERFACE PLUMBLINE_VERSION="${PROJECT_VERSION}")
# PLUMB_ASSERT and the invariants stay on in every build; only the standard's assert() goes with NDEBUG.
if(PLUMBLINE_SANITIZE)
  target_compile_options(plumbline_flags INTERFACE -fsanitize=${PLUMBLINE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(plumbline_flags INTERFACE -fsanitize=${PLUMBLINE_SANITIZE})
  target_compile_definitions(plumbline_flags INTERFACE PLUMBLINE_SANITIZED=1)
endif()

set(PLUMBLINE_WOVEN_DIR "")
if(PLUMBLINE_PLANTS)
  include(cmake/weave.cmake)
  target_compile_definitions(plumbline_flags INTERFACE PLUMBLINE_PLANTS=1)
endif()

# The sources of the current folder, each replaced by its woven copy where the plants build made one.
function(plumbline_sources out)
  file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(result "")
  foreach(file IN LISTS found)
    file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${file})
    if(PLUMBLINE_WOVEN_DIR AND EXISTS ${PLUMBLINE_WOVEN_DIR}/${relative})
      set(file ${PLUMBLINE_WOVEN_DIR}/${relative})
    endif()
    list(APPEND result ${file})
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

# plumbline_room(name [DEPS room...] [LIBS third-party target...])
# The library of the folder this is called in. A room without sources is header-only.
function(plumbline_room name)
  cmake_parse_arguments(ROOM "" "" "DEPS;LIBS" ${ARGN})
  plumbline_sources(sources)
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC plumbline_flags ${ROOM_DEPS} ${ROOM_LIBS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE plumbline_flags ${ROOM_DEPS} ${ROOM_LIBS})
  endif()
endfunction()

# plumbline_tests(name [DEPS room...] [LIBS target...]): every *_test.cc of the current folder in one program and one ctest.
# It runs in its own source folder, so that testdata/ is found by a relative path.
function(plumbline_tests name)
  cmake_parse_arguments(T "" "TIMEOUT" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE plumbline_flags ${T_DEPS} ${T_LIBS} GTest::gtest_main GTest::gmock)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT})
endfunction()
