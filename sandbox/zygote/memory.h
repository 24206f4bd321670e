/* Memory of a process whose children only execute files. */

#pragma once

#include <stddef.h>

/* Keep what belongs to the interpreter from children: the kernel then neither copies it when they are made nor takes it
 * away again when they execute. They find our code, C's library, the stack, what malloc gives, and the mappings with
 * ``count`` addresses. Nothing of Python works in them, and nothing is looked up in its libraries: an import binds all
 * that ours calls (dlopen(3), RTLD_NOW). */
void keep_interpreter(const void *const *addresses, size_t count);

/* Let children have all of it again. */
void give_interpreter(void);
