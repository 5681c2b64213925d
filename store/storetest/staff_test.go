package storetest

import (
	"testing"

	"luukku/store/sqldb"
)

func TestWorkingOnSQLite(t *testing.T) { Working(t, sqlite()) }

func TestWorkingOnPostgres(t *testing.T) { Working(t, postgres(sqldb.ReadCommitted)) }

func TestWorkingOnPostgresSerializable(t *testing.T) { Working(t, postgres(sqldb.Serializable)) }
