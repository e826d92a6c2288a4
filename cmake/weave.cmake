# The plants build: woven copies of the sources that a plant changes, which the rooms use in place of the originals
# (plumbline_sources; headers come first on the include path). Woven anew when a plant, a woven source or the weaver changes.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(PLUMBLINE_WOVEN_DIR ${CMAKE_BINARY_DIR}/woven)
set(plant_folder ${CMAKE_SOURCE_DIR}/tests/plants)
file(GLOB plant_files CONFIGURE_DEPENDS ${plant_folder}/*.plant)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${plant_files} ${plant_folder}/weave.py)

execute_process(
  COMMAND ${Python3_EXECUTABLE} ${plant_folder}/weave.py
    --source ${CMAKE_SOURCE_DIR} --plants ${plant_folder} --out ${PLUMBLINE_WOVEN_DIR}
  OUTPUT_VARIABLE woven_sources ERROR_VARIABLE weave_error RESULT_VARIABLE weave_status
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_STRIP_TRAILING_WHITESPACE)
if(NOT weave_status EQUAL 0)
  message(FATAL_ERROR "${weave_error}")
endif()

string(REPLACE "\n" ";" woven_sources "${woven_sources}")
# A header that is woven from now on hides one that objects were compiled with, and neither Ninja nor ccache would notice.
set(woven_headers ${woven_sources})
list(FILTER woven_headers INCLUDE REGEX "\\.h$")
string(MD5 woven_headers "${woven_headers}")
target_compile_definitions(plumbline_flags INTERFACE PLUMBLINE_WOVEN_HEADERS="${woven_headers}")

list(TRANSFORM woven_sources PREPEND ${CMAKE_SOURCE_DIR}/)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${woven_sources})

target_include_directories(plumbline_flags BEFORE INTERFACE ${PLUMBLINE_WOVEN_DIR})
