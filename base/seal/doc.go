// Package seal keeps secrets at rest: it encrypts what the database holds of people, makes keyed hashes to look it up by, and seals cookies.
//
// The keys live in one file outside the database, so that neither the database nor a backup of it says anything alone. A Keyring promises that a
// sealed value opens only in the table, column and row it was sealed for, that any changed byte is noticed, and that keys can be replaced
// one version at a time while everything written before is still read. Each person has a data key, wrapped by the master key: erasing the wrapped
// key erases all that was sealed under it, wherever copies lie. What is encrypted, hashed or clear is decided by the rooms and their registry of
// columns; keeping the wrapped keys is left to the store.
//
// # The key file
//
// A text file that its owner alone can read. The first line names the format; then each line is one key: what it is for, its version, 32 bytes in
// base 64, and "current" for the one that new things are made with. Empty lines and lines that begin with # are passed over.
//
//	luukku keys 1
//	master 1 GBKxdu9TJJpGJVZsO/N9mIUpHA2Ajlpf8Cl0tVGQqMM=
//	master 2 4LVjJDfqR1dT6BDKs0N2OHrBbWbmgFtO8Gn7ZH9ZB3k= current
//	lookup 1 p0v2nSXxU0WAVwOSnKkRPVNCJUO4uP5yZMrAUtOTzV4= current
//	code 1 u8vVhTZ0N7ckyiZ9nBfEPcdUI0R7jAXB7yHd0m0mKfI= current
//	cookie 1 X0dqbGQbWB0kYhPhl2tSxF3DY9XkVU1MS6V6kgUjC7g= current
//
// master wraps people's keys, seals what belongs to nobody, and signs the heads of the audit log; lookup makes the keyed hashes; code makes booking codes; cookie seals cookies.
//
// # Rotation
//
// AddVersion writes a new version that can be read but is not used yet; when every server has the new file, Promote makes it current. People's keys
// are then wrapped anew by Rewrap, hashes are computed again, booking codes printed before are read with the version before. A line may be removed
// when nothing is left that needs it.
package seal
