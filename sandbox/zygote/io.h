/* Descriptors, files and clocks. Nothing here touches the interpreter. */

#pragma once

#define _GNU_SOURCE

#include "protocol.h"

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define NS_PER_S 1000000000LL

int64_t now_ns(clockid_t clock);
double now_s(void); /* of the monotonic clock */

/* Send one byte, and a descriptor along with it. Returns -1, and errno, where it cannot be sent. */
ssize_t send_with(int socket, char byte, int descriptor);

/* Take a message, and the descriptors that come with it. Returns how many, none of a message that has more than there
 * may be; -1 where the other end has gone. */
int receive(int socket, int descriptors[MAX_DESCRIPTORS]);

/* Close all descriptors from ``first`` on, but one; -1: all. */
void close_from(int first, int but);

/* Write a file of the working directory, and make the directories above it. Returns 0, or -1 and errno. */
int place(const char *name, const char *data, uint64_t size);

/* Append a file of the working directory to the output. Returns where it ends there, or -1 where there is none. */
int64_t append_to_output(const char *name);
