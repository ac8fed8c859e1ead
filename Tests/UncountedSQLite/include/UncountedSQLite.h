#ifndef UNCOUNTED_SQLITE_H
#define UNCOUNTED_SQLITE_H

// It is enough to link it.

#endif
