// This file defines functions of libc. Their declarations carry attributes that vary between
// versions, so that each is declared here as libc does and forwards to the next definition of its
// name.
#ifndef PLUMBLINE_SANITIZED

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#undef _FORTIFY_SOURCE

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <string>

#include "sim/simulated_code.h"

namespace {

constexpr int kFramesMax = 64;

void print(const char* text) {
  const ssize_t ignored = ::write(STDERR_FILENO, text, ::strlen(text));
  static_cast<void>(ignored);
}

[[noreturn]] void tripped(const char* function) {
  const plumbline::sim::OutsideScope outside;
  print("nondeterminism: ");
  print(function);
  print(" called from simulated code\n");
  print(plumbline::sim::running_context().c_str());
  print("\n");
  void* frames[kFramesMax];
  ::backtrace_symbols_fd(frames, ::backtrace(frames, kFramesMax), STDERR_FILENO);
  ::abort();
}

void check(const char* function) {
  if (plumbline::sim::in_simulated_code()) [[unlikely]]
    tripped(function);
}

template <class Function>
Function* next_of(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// Defines NAME as libc declares it, checked and forwarded.
#define PLUMB_TRIPWIRE(RESULT, NAME, PARAMETERS, ARGUMENTS, ATTRIBUTES) \
  extern "C" RESULT NAME PARAMETERS ATTRIBUTES {                        \
    check(#NAME);                                                       \
    static auto* const next = next_of<RESULT PARAMETERS>(#NAME);        \
    return next ARGUMENTS;                                              \
  }

// Clocks and waiting.
PLUMB_TRIPWIRE(int, clock_gettime, (clockid_t id, timespec* time), (id, time), noexcept)
PLUMB_TRIPWIRE(int, gettimeofday, (timeval * time, void* zone), (time, zone), noexcept)
PLUMB_TRIPWIRE(time_t, time, (time_t * result), (result), noexcept)
PLUMB_TRIPWIRE(clock_t, clock, (), (), noexcept)
PLUMB_TRIPWIRE(tm*, localtime, (const time_t* time), (time), noexcept)
PLUMB_TRIPWIRE(tm*, localtime_r, (const time_t* time, tm* result), (time, result), noexcept)
PLUMB_TRIPWIRE(int, nanosleep, (const timespec* time, timespec* left), (time, left), )
PLUMB_TRIPWIRE(int, clock_nanosleep,
               (clockid_t id, int flags, const timespec* time, timespec* left),
               (id, flags, time, left), )
PLUMB_TRIPWIRE(int, usleep, (useconds_t time), (time), )
PLUMB_TRIPWIRE(unsigned, sleep, (unsigned time), (time), )

// Random numbers that no seed reaches.
PLUMB_TRIPWIRE(ssize_t, getrandom, (void* into, size_t size, unsigned flags), (into, size, flags), )
PLUMB_TRIPWIRE(int, getentropy, (void* into, size_t size), (into, size), )
PLUMB_TRIPWIRE(int, rand, (), (), noexcept)
PLUMB_TRIPWIRE(long, random, (), (), noexcept)
PLUMB_TRIPWIRE(void, srand, (unsigned seed), (seed), noexcept)
PLUMB_TRIPWIRE(double, drand48, (), (), noexcept)

// Threads and who one is.
PLUMB_TRIPWIRE(int, pthread_create,
               (pthread_t * thread, const pthread_attr_t* attributes, void* (*body)(void*),
                void* argument),
               (thread, attributes, body, argument), noexcept)
PLUMB_TRIPWIRE(pthread_t, pthread_self, (), (), noexcept)
PLUMB_TRIPWIRE(int, sched_yield, (), (), noexcept)
PLUMB_TRIPWIRE(int, sched_getcpu, (), (), noexcept)
PLUMB_TRIPWIRE(int, get_nprocs, (), (), noexcept)
PLUMB_TRIPWIRE(pid_t, getpid, (), (), noexcept)
PLUMB_TRIPWIRE(pid_t, getppid, (), (), noexcept)
PLUMB_TRIPWIRE(pid_t, gettid, (), (), noexcept)
PLUMB_TRIPWIRE(pid_t, fork, (), (), noexcept)
PLUMB_TRIPWIRE(int, gethostname, (char* name, size_t size), (name, size), noexcept)

// The real network.
PLUMB_TRIPWIRE(int, socket, (int domain, int type, int protocol), (domain, type, protocol),
               noexcept)
PLUMB_TRIPWIRE(int, connect, (int fd, const sockaddr* address, socklen_t size),
               (fd, address, size), )
PLUMB_TRIPWIRE(int, bind, (int fd, const sockaddr* address, socklen_t size), (fd, address, size),
               noexcept)

// The real disk.
PLUMB_TRIPWIRE(FILE*, fopen, (const char* path, const char* mode), (path, mode), )
PLUMB_TRIPWIRE(FILE*, fopen64, (const char* path, const char* mode), (path, mode), )
PLUMB_TRIPWIRE(int, access, (const char* path, int mode), (path, mode), noexcept)
PLUMB_TRIPWIRE(int, stat, (const char* path, struct stat* result), (path, result), noexcept)
PLUMB_TRIPWIRE(int, stat64, (const char* path, struct stat64* result), (path, result), noexcept)
PLUMB_TRIPWIRE(int, lstat, (const char* path, struct stat* result), (path, result), noexcept)
PLUMB_TRIPWIRE(int, lstat64, (const char* path, struct stat64* result), (path, result), noexcept)
PLUMB_TRIPWIRE(int, statx,
               (int directory, const char* path, int flags, unsigned mask, struct statx* result),
               (directory, path, flags, mask, result), noexcept)
PLUMB_TRIPWIRE(int, mkdir, (const char* path, mode_t mode), (path, mode), noexcept)
PLUMB_TRIPWIRE(int, unlink, (const char* path), (path), noexcept)

// The environment and the allocator.
PLUMB_TRIPWIRE(char*, getenv, (const char* name), (name), noexcept)
PLUMB_TRIPWIRE(char*, secure_getenv, (const char* name), (name), noexcept)
PLUMB_TRIPWIRE(size_t, malloc_usable_size, (void* block), (block), noexcept)

// open() and its kin take a mode only when they create.
#define PLUMB_TRIPWIRE_OPEN(NAME, PARAMETERS, ARGUMENTS, TYPE) \
  extern "C" int NAME PARAMETERS {                             \
    check(#NAME);                                              \
    va_list rest;                                              \
    va_start(rest, flags);                                     \
    const mode_t mode = va_arg(rest, mode_t);                  \
    va_end(rest);                                              \
    static auto* const next = next_of<TYPE>(#NAME);            \
    return next ARGUMENTS;                                     \
  }

PLUMB_TRIPWIRE_OPEN(open, (const char* path, int flags, ...), (path, flags, mode),
                    int(const char*, int, ...))
PLUMB_TRIPWIRE_OPEN(open64, (const char* path, int flags, ...), (path, flags, mode),
                    int(const char*, int, ...))
PLUMB_TRIPWIRE_OPEN(openat, (int directory, const char* path, int flags, ...),
                    (directory, path, flags, mode), int(int, const char*, int, ...))
PLUMB_TRIPWIRE_OPEN(openat64, (int directory, const char* path, int flags, ...),
                    (directory, path, flags, mode), int(int, const char*, int, ...))

#endif  // PLUMBLINE_SANITIZED
