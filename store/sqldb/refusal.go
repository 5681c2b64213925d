package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// A *sql.Row that carries an error cannot be made by hand, and QueryRowContext must return one when a statement is refused. The refusing pool
// makes it: its connector never connects, it answers with the error in the context.

type refusalKey struct{}

type refusingConnector struct{}

func (refusingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	if err, ok := ctx.Value(refusalKey{}).(error); ok {
		return nil, err
	}
	return nil, errors.New("sqldb: refused")
}

func (refusingConnector) Driver() driver.Driver { return refusingDriver{} }

type refusingDriver struct{}

func (refusingDriver) Open(string) (driver.Conn, error) { return nil, errors.New("sqldb: refused") }

func newRefusing() *sql.DB { return sql.OpenDB(refusingConnector{}) }

// refusedRow returns a row whose Scan and Err answer err.
func (db *DB) refusedRow(ctx context.Context, err error) *sql.Row {
	return db.refuse.QueryRowContext(context.WithValue(context.WithoutCancel(ctx), refusalKey{}, err), "")
}
