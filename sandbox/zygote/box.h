/* The scratch file system of a program, in a jail that has a root of its own. */

#pragma once

#include "jail.h"

/* Mount an empty one. Returns -1, and errno, where that cannot be. */
int make_box(const struct jail *jail);

/* Take it away: init.py, _unmount. Returns how many bytes are left behind, more than ``MAX_LEFT_BYTES`` where the jail
 * is to be replaced; -1, and errno, where the box cannot be taken away. */
long long clear_box(const struct jail *jail);

/* Time in which a killed process is gone, and then looked for again. */
void wait_a_little(void);
