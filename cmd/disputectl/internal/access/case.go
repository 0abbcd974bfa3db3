package access

import (
	"context"
	"errors"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Load returns a case of the table that the flag or the environment names.
func (e *Env) Load(ctx context.Context, table string, id dispute.ID) (closing.Case, error) {
	l, name, err := e.Table(ctx, table)
	if err != nil {
		return closing.Case{}, err
	}
	return LoadFrom(ctx, l, name, id)
}

// LoadFrom returns a case of an open table. Its errors say what to do next.
func LoadFrom(ctx context.Context, l Ledger, table string, id dispute.ID) (closing.Case, error) {
	if err := CheckID(id); err != nil {
		return closing.Case{}, err
	}
	c, err := l.Load(ctx, id)
	if errors.Is(err, closing.ErrNotFound) {
		return c, NoCase(id, table)
	}
	if err != nil {
		return c, TableError(table, err)
	}
	return c, nil
}

// CheckID refuses an id that no table can hold, before DynamoDB does with a less clear error.
func CheckID(id dispute.ID) error {
	if err := dispute.CheckID(id); err != nil {
		return cli.Fail(cli.Misused, "check the id", "%.20s… is not the id of a dispute: %w", id, err)
	}
	return nil
}

// NoCase says that the table holds no such case.
func NoCase(id dispute.ID, table string) error {
	return cli.Fail(cli.Found, "check the id; `disputectl list` shows the unfinished cases", "there is no case %s in table %s", id, table)
}
