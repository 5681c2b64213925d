package sqldb

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// steadyPlans has every connection that is opened from then on keep its plans: SQLite's "query planner stability guarantee" (sqlite.org/c3ref/c_dbconfig_defensive.html,
// SQLITE_DBCONFIG_ENABLE_QPSG). Otherwise a statement with ORDER BY, DISTINCT or max() is planned anew each time its parameters change, in case the plan could
// gain by their values, and that costs more than running it. The driver has no setting for it; what it offers is SQLite's own way to set up each connection.
var steadyPlans = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	if rc := sqlite3.Xsqlite3_auto_extension(tls, pointer(keepPlans)); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("have SQLite keep its plans: code %d", rc)
	}
	return nil
})

// keepPlans is called by SQLite for each new connection, with what sqlite3_auto_extension says.
var keepPlans = func(tls *libc.TLS, db, _, _ uintptr) int32 {
	const slots = 2 * 8 // of the variable arguments, eight bytes each
	args := libc.Xmalloc(tls, slots)
	if args == 0 {
		return sqlite3.SQLITE_NOMEM
	}
	defer libc.Xfree(tls, args)
	return sqlite3.Xsqlite3_db_config(tls, db, sqlite3.SQLITE_DBCONFIG_ENABLE_QPSG, libc.VaList(args, int32(1), uintptr(0)))
}

// pointer is a function as the translated C code holds it: the data word of an interface.
func pointer(f any) uintptr {
	return (*[2]uintptr)(unsafe.Pointer(&f))[1] //nolint:gosec // modernc.org/sqlite/vec does the same
}
