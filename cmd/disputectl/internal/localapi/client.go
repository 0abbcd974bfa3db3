package localapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Client reads a local run's ledger. What stores anything is refused: people act by the run's operate function, and the
// rest is the run's own work. Its errors say what to do next.
type Client struct {
	Run
	HTTP *http.Client
}

// OperateURL is where the names of acts are appended to.
func (c *Client) OperateURL() string { return c.URL + strings.TrimSuffix(actPath, "/") }

// Authorize gives a request the run's token.
func (c *Client) Authorize(req *http.Request) { req.Header.Set("Authorization", scheme+c.Token) }

// Load returns a case, or closing.ErrNotFound.
func (c *Client) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	found, _, err := c.cases(ctx, question{What: aCase, IDs: []dispute.ID{id}})
	if err == nil && len(found) != 1 {
		err = closing.ErrNotFound
	}
	if err != nil {
		return closing.Case{}, fmt.Errorf("load case %s: %w", id, err)
	}
	return found[0], nil
}

// LoadAll returns those of the cases that are stored.
func (c *Client) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	found, _, err := c.cases(ctx, question{What: some, IDs: ids})
	all := map[dispute.ID]closing.Case{}
	for _, one := range found {
		all[one.ID] = one
	}
	return all, err
}

// Cases lists unfinished cases by due date.
func (c *Client) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	return c.cases(ctx, question{What: cases, Limit: limit, Cursor: cursor})
}

// cases asks for cases.
func (c *Client) cases(ctx context.Context, q question) ([]closing.Case, string, error) {
	a, err := c.ask(ctx, q)
	if err != nil {
		return nil, "", err
	}
	page, err := read(a.Cases)
	if err != nil {
		return nil, "", c.failed(err)
	}
	return page, a.Next, nil
}

// Due lists what is due.
func (c *Client) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	a, err := c.ask(ctx, question{What: due, Before: before, Limit: limit, Cursor: cursor})
	return a.Due, a.Next, err
}

// Lines lists a day's lines of the journal.
func (c *Client) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	a, err := c.ask(ctx, question{What: lines, Day: day, Limit: limit, Cursor: cursor})
	return a.Lines, a.Next, err
}

// Control returns the switch.
func (c *Client) Control(ctx context.Context) (closing.Control, error) {
	a, err := c.ask(ctx, question{What: control})
	return a.Control, err
}

// Spent returns what a day's budget counts.
func (c *Client) Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error) {
	a, err := c.ask(ctx, question{What: spent, Day: day, Currency: currency})
	return a.Spent, err
}

// Mark returns where a reconciliation ended.
func (c *Client) Mark(ctx context.Context) (closing.Mark, error) {
	a, err := c.ask(ctx, question{What: markRead})
	return a.Mark, err
}

// The run stores its cases itself.

// Save stores nothing.
func (c *Client) Save(context.Context, closing.Case, closing.Tally) (closing.Case, error) {
	return closing.Case{}, errStoresItself
}

// Claim stores nothing.
func (c *Client) Claim(context.Context, closing.Case, closing.Bid) (closing.Case, error) {
	return closing.Case{}, errStoresItself
}

// Act stores nothing.
func (c *Client) Act(context.Context, closing.Case, closing.Line) (closing.Case, error) {
	return closing.Case{}, errStoresItself
}

// SetControl stores nothing.
func (c *Client) SetControl(context.Context, closing.Control) error { return errStoresItself }

// SetMark stores nothing.
func (c *Client) SetMark(context.Context, closing.Mark) error { return errStoresItself }

var errStoresItself = cli.Fail(cli.Misused, "leave out --local, or leave it to the run: it sweeps and reconciles by itself",
	"a local run stores its cases itself: nothing was stored")

// maxAnswer limits an answer, in bytes: a page of cases with their disputes.
const maxAnswer = 256 << 20

// ask sends a question.
func (c *Client) ask(ctx context.Context, q question) (answer, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return answer{}, fmt.Errorf("ask the local run: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+readPath, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("ask the local run: %w", err)
	}
	c.Authorize(req)
	resp, err := c.HTTP.Do(req)
	switch {
	case errors.Is(err, context.Canceled):
		return answer{}, cli.ErrInterrupted
	case err != nil:
		return answer{}, c.failed(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, c.failed(err)
	}
	return c.understood(resp.StatusCode, text)
}

func (c *Client) understood(status int, text []byte) (answer, error) {
	var a answer
	if status != http.StatusOK {
		return a, c.failed(fmt.Errorf("it answered %d: %.200s", status, bytes.TrimSpace(text)))
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return answer{}, c.failed(err)
	}
	switch {
	case a.Unknown:
		return answer{}, closing.ErrNotFound
	case a.Error != "":
		return answer{}, c.failed(errors.New(a.Error))
	}
	return a, nil
}

func (c *Client) failed(err error) error {
	return cli.Fail(cli.Unreachable, startNext, "the local run at %s does not answer as one: %w", c.URL, err)
}

const startNext = "start one in another terminal: disputectl local"
