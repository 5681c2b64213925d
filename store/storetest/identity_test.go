package storetest

import (
	"testing"

	"luukku/store/sqldb"
)

func TestPeopleOnSQLite(t *testing.T) { People(t, sqlite()) }

func TestPeopleOnPostgres(t *testing.T) { People(t, postgres(sqldb.ReadCommitted)) }

func TestPeopleOnPostgresSerializable(t *testing.T) { People(t, postgres(sqldb.Serializable)) }
