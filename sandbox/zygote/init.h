/* The jail's first process, in a jail with a file system of its own: init.py, serve. */

#pragma once

#include "box.h"
#include "child.h"

/* One program after the other until the owner is gone. */
_Noreturn void serve(struct jail *jail, struct session *session);
