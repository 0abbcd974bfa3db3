// Package localapi lets the other commands work on a local run: the running process answers on loopback, and --local
// asks it.
//
// A local run closes nothing real, and still no web page may use it. It listens on loopback only. It refuses requests
// that name another host, as a page does whose own name was made to lead here (DNS rebinding), and requests that a
// browser sends for another site. It sends no CORS header. Beyond the sandbox's own calls, each request needs a token,
// which the process draws anew at each start and keeps in a file that only its user can read.
package localapi

import (
	"fmt"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// The paths below which a local run answers --local.
const (
	readPath = "/local/read"
	actPath  = "/local/operator/"
)

// question asks for one of the things that a ledger lists; only the fields that it needs are set.
type question struct {
	What     what         `json:"what"`
	IDs      []dispute.ID `json:"ids,omitempty"`
	Day      closing.Day  `json:"day,omitempty"`
	Currency string       `json:"currency,omitempty"`
	Before   time.Time    `json:"before,omitzero"`
	Limit    int          `json:"limit,omitempty"`
	Cursor   string       `json:"cursor,omitempty"`
}

// what names a method of access.Ledger that reads.
type what string

const (
	aCase    what = "load"
	some     what = "load_all"
	cases    what = "cases"
	due      what = "due"
	lines    what = "lines"
	control  what = "control"
	spent    what = "spent"
	markRead what = "mark"
)

// answer holds what was asked for, or an error.
type answer struct {
	Cases   []wireCase      `json:"cases,omitempty"`
	Due     []closing.Due   `json:"due,omitempty"`
	Lines   []closing.Line  `json:"lines,omitempty"`
	Next    string          `json:"next,omitempty"`
	Control closing.Control `json:"control,omitzero"`
	Spent   closing.Tally   `json:"spent,omitzero"`
	Mark    closing.Mark    `json:"mark,omitzero"`
	// Unknown means that there is no such case; Error is any other error's text.
	Unknown bool   `json:"unknown,omitempty"`
	Error   string `json:"error,omitempty"`
}

// wireCase is a case as JSON carries it without loss.
type wireCase struct {
	closing.Case
	// Exact is the dispute byte by byte as WooshPay sent it, which JSON would write anew.
	Exact []byte `json:"dispute_exact,omitempty"`
	// After and BeforeDue are those of the decision's clock, whose own fields JSON does not carry.
	After     *time.Duration `json:"after,omitempty"`
	BeforeDue *time.Duration `json:"before_due,omitempty"`
}

func toWire(c closing.Case) wireCase {
	w := wireCase{Case: c, Exact: c.Dispute.Raw()}
	w.Dispute = dispute.Dispute{}
	if d := c.Decision; d != nil {
		w.After, w.BeforeDue = pointer(d.Clock.After), pointer(d.Clock.BeforeDue)
	}
	return w
}

func pointer(m dispute.Maybe[time.Duration]) *time.Duration {
	if d, known := m.Get(); known {
		return &d
	}
	return nil
}

// read returns the cases as they were sent.
func read(all []wireCase) ([]closing.Case, error) {
	page := make([]closing.Case, len(all))
	for i, w := range all {
		var err error
		if page[i], err = w.read(); err != nil {
			return nil, fmt.Errorf("case %s: %w", w.ID, err)
		}
	}
	return page, nil
}

func (w wireCase) read() (c closing.Case, err error) {
	c = w.Case
	if len(w.Exact) > 0 {
		c.Dispute, err = dispute.Parse(w.Exact)
	}
	if c.Decision != nil {
		c.Decision.Clock.After, c.Decision.Clock.BeforeDue = maybe(w.After), maybe(w.BeforeDue)
	}
	return c, err
}

func maybe(d *time.Duration) (m dispute.Maybe[time.Duration]) {
	if d != nil {
		m = dispute.Known(*d)
	}
	return m
}
