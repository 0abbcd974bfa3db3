// Package export writes cases out: as JSON Lines with everything, the dispute as WooshPay sent it, or as CSV with what
// a spreadsheet needs.
package export

import (
	"encoding/json"
	"io"
	"time"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// Record is one case. Package history reads it back.
type Record struct {
	// Dispute is the newest snapshot, evidence, metadata and unknown fields included.
	Dispute    json.Marshaler `json:"dispute"`
	State      closing.State  `json:"state"`
	Version    int64          `json:"version"`
	ObservedAt time.Time      `json:"observed_at,omitzero"`
	Decision   *view.Decision `json:"decision,omitempty"`
	Override   *view.Override `json:"override,omitempty"`
	DueAt      time.Time      `json:"due_at,omitzero"`
	ArmedAt    time.Time      `json:"armed_at,omitzero"`
	PlannedAt  time.Time      `json:"planned_at,omitzero"`
	CloseAt    time.Time      `json:"close_at,omitzero"`
	RetryAt    time.Time      `json:"retry_at,omitzero"`
	Claim      view.Claim     `json:"claim"`
	Held       *view.Held     `json:"budget_held,omitempty"`
	Person     []string       `json:"person"`
	Told       []string       `json:"person_told,omitempty"`
	LastError  string         `json:"last_error,omitempty"`
	// Late is set if CloseAt is after the deadline. FailedSince is since when every look fails, UnknownSince since when
	// WooshPay does not know the dispute.
	Late         bool      `json:"late,omitempty"`
	FailedSince  time.Time `json:"looks_fail_since,omitzero"`
	UnknownSince time.Time `json:"unknown_since,omitzero"`
	// EndedAt is when the case ended, and ClosedAt the same of a case that we closed.
	EndedAt  time.Time   `json:"ended_at,omitzero"`
	ClosedAt time.Time   `json:"closed_at,omitzero"`
	History  []view.Line `json:"history"`
}

// RecordOf returns a case's record.
func RecordOf(c closing.Case) Record {
	s := view.StoryOf(c, true)
	return Record{
		Dispute: c.Dispute, State: s.State, Version: s.Version, ObservedAt: s.ObservedAt, Decision: s.Decision,
		Override: s.Override, DueAt: s.DueAt, ArmedAt: s.ArmedAt, PlannedAt: s.PlannedAt, CloseAt: s.CloseAt,
		RetryAt: s.RetryAt, Claim: s.Claim, Held: s.Held, Person: view.Person(c), Told: s.Told,
		LastError: s.LastError, Late: s.Late, FailedSince: s.FailedSince, UnknownSince: s.UnknownSince, History: s.History,
		EndedAt: endedAt(c), ClosedAt: closedAt(c),
	}
}

// closedAt is when we closed the case; zero if we did not.
func closedAt(c closing.Case) time.Time {
	if c.State != closing.Closed {
		return time.Time{}
	}
	return endedAt(c)
}

// endedAt is when the case ended; zero if it has not.
func endedAt(c closing.Case) time.Time {
	line, _ := c.Line()
	return line.At
}

// Writer writes cases one after another.
type Writer interface {
	Write(c closing.Case) error
	// Flush writes what is still held back.
	Flush() error
}

// NewLines returns a writer of JSON Lines.
func NewLines(w io.Writer) Writer {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return lines{e}
}

type lines struct{ *json.Encoder }

func (l lines) Write(c closing.Case) error { return l.Encode(RecordOf(c)) }

func (l lines) Flush() error { return nil }
