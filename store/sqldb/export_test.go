package sqldb

// What the tests of this package look at from outside.
var (
	WithoutLocks = withoutLocks
	Sweep        = sweep
	LockFile     = lockFile
	Unknown      = unknown
)

// MaxStatements is the bound of the statement caches.
const MaxStatements = maxStatements

// MaxBatch is the most functions that share a transaction.
const MaxBatch = maxBatch
