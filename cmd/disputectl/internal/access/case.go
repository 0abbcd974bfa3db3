package access

import (
	"context"
	"errors"
	"slices"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// LoadCase returns a case of the desk's table. Its errors say what to do next.
func (d Desk) LoadCase(ctx context.Context, id dispute.ID) (closing.Case, error) {
	if err := CheckID(id); err != nil {
		return closing.Case{}, err
	}
	c, err := d.Load(ctx, id)
	if errors.Is(err, closing.ErrNotFound) {
		return c, d.NoCase(id)
	}
	if err != nil {
		return c, TableError(d.Table, err)
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

// IDs returns the ids that a command line names, each once and in its order.
func IDs(names []string) ([]dispute.ID, error) {
	var ids []dispute.ID
	for _, name := range names {
		id := dispute.ID(name)
		if err := CheckID(id); err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// NoCase says that the table holds no such case.
func (d Desk) NoCase(id dispute.ID) error {
	return cli.Fail(cli.Found, "`disputectl list` shows the unfinished cases", "there is no case %s in %s", id, d.Name())
}

// Name is what people call the desk's table: by its stack, if it has one.
func (d Desk) Name() string {
	if d.Run != nil {
		return "the local run"
	}
	if d.Stack != "" {
		return "stack " + d.Stack
	}
	return "table " + d.Table
}
