// Package migrations holds the schema: a pair of files per step, one for each engine, with the same columns.
package migrations

import "embed"

// FS has sqlite/NNNN_name.sql and postgres/NNNN_name.sql.
//
//go:embed sqlite/*.sql postgres/*.sql
var FS embed.FS
