/* Pages that programs write to: a child copies them from its parent while it waits, instead of one after the other
 * while its program runs. Which they are a rehearsal tells, a program of ours. */

#pragma once

#include <stdint.h>

#define MAX_PAGES 512

struct pages {
    uint32_t count, is_complete;
    uintptr_t starts[MAX_PAGES];
};

/* Room for what a child notes, which its parent sees. NULL where there is none. */
struct pages *share_pages(void);

/* Give that room back. */
void end_sharing(struct pages *shared);

/* Note the pages that belong to this process alone. */
void note_pages(struct pages *shared);

/* Keep of those pages the ones that this process, their parent, has too. */
void keep_pages(struct pages *pages, const struct pages *shared);

/* Have these pages copied, or made, until a request comes: a program that is there already needs only some of them. */
void touch_pages(const struct pages *pages, int requests);
