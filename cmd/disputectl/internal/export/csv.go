package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/sheet"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// column is a column of the CSV: its name, and a case's cell.
type column struct {
	name string
	cell func(closing.Case) string
}

// IDColumn is the column of the disputes' ids.
const IDColumn = "dispute"

// columns hold no evidence and no metadata. A cell is empty if its value is unknown or not set.
var columns = []column{
	{IDColumn, func(c closing.Case) string { return sheet.Cell(string(c.ID)) }},
	{"state", func(c closing.Case) string { return sheet.Cell(string(c.State)) }},
	{"status", func(c closing.Case) string { return sheet.Cell(string(c.Dispute.Status)) }},
	{"amount_minor", func(c closing.Case) string { return number(c.Dispute.Amount) }},
	{"currency", func(c closing.Case) string { return sheet.Cell(c.Dispute.Currency) }},
	{"created", func(c closing.Case) string { return instant(c.Dispute.Created) }},
	{"due_by", func(c closing.Case) string { return instant(c.Dispute.DueBy) }},
	{"reason_type", func(c closing.Case) string { return sheet.Cell(c.Dispute.ReasonType) }},
	{"reason_code", func(c closing.Case) string { return sheet.Cell(c.Dispute.ReasonCode) }},
	{"has_evidence", func(c closing.Case) string { return number(c.Dispute.HasEvidence) }},
	{"livemode", func(c closing.Case) string { return number(c.Dispute.Livemode) }},
	{"charge", func(c closing.Case) string { return sheet.Cell(c.Dispute.Charge) }},
	{"why", func(c closing.Case) string { return sheet.Cell(view.Why(c)) }},
	{"action", decided(func(d *policy.Decision) string { return sheet.Cell(string(d.Action)) })},
	{"rule", decided(func(d *policy.Decision) string { return sheet.Cell(d.Rule) })},
	{"guard", decided(func(d *policy.Decision) string { return sheet.Cell(string(d.Guard)) })},
	{"shadow", decided(func(d *policy.Decision) string { return strconv.FormatBool(d.Shadow) })},
	{"policy", decided(func(d *policy.Decision) string { return sheet.Cell(d.Policy) })},
	{"decided_at", decided(func(d *policy.Decision) string { return instant(d.At) })},
	{"operator_said", said(func(o *closing.Override) string { return sheet.Cell(string(o.Action)) })},
	{"operator", said(func(o *closing.Override) string { return sheet.Cell(o.Who) })},
	{"operator_why", said(func(o *closing.Override) string { return sheet.Cell(o.Why) })},
	{"due_at", func(c closing.Case) string { return instant(c.DueAt) }},
	{"close_at", func(c closing.Case) string { return instant(c.CloseAt) }},
	{"attempts", func(c closing.Case) string { return strconv.Itoa(c.Attempts) }},
	{"proof", func(c closing.Case) string { return sheet.Cell(string(c.Proof)) }},
	{"person", func(c closing.Case) string { return sheet.Cell(strings.Join(view.Person(c), ",")) }},
	{"last_error", func(c closing.Case) string { return sheet.Cell(c.LastError) }},
	{"guard_reason", decided(func(d *policy.Decision) string { return sheet.Cell(d.GuardReason) })},
	{"late", func(c closing.Case) string { return strconv.FormatBool(c.Late()) }},
	{"looks_fail_since", func(c closing.Case) string { return instant(c.FailedSince) }},
	{"unknown_since", func(c closing.Case) string { return instant(c.UnknownSince) }},
}

// endColumns follow the columns of a case: when it ended, and when we closed it.
var endColumns = []string{"ended_at", "closed_at"}

func decided(cell func(*policy.Decision) string) func(closing.Case) string {
	return func(c closing.Case) string {
		if c.Decision == nil {
			return ""
		}
		return cell(c.Decision)
	}
}

func said(cell func(*closing.Override) string) func(closing.Case) string {
	return func(c closing.Case) string {
		if c.Override == nil {
			return ""
		}
		return cell(c.Override)
	}
}

func number[T any](m dispute.Maybe[T]) string {
	if v, known := m.Get(); known {
		return fmt.Sprint(v)
	}
	return ""
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// NewCSV returns a writer of CSV with a head.
func NewCSV(w io.Writer) Writer { return &rows{w: csv.NewWriter(w)} }

type rows struct {
	w      *csv.Writer
	headed bool
}

func (s *rows) head() error {
	if s.headed {
		return nil
	}
	s.headed = true
	return s.row(func(c column) string { return c.name }, endColumns)
}

func (s *rows) row(cell func(column) string, end []string) error {
	row := make([]string, 0, len(columns)+len(end))
	for _, c := range columns {
		row = append(row, cell(c))
	}
	return s.w.Write(append(row, end...))
}

func (s *rows) Write(c closing.Case) error {
	if err := s.head(); err != nil {
		return err
	}
	return s.row(func(col column) string { return col.cell(c) }, []string{instant(endedAt(c)), instant(closedAt(c))})
}

// Flush writes the head even if there are no cases.
func (s *rows) Flush() error {
	if err := s.head(); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}
