package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

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

// columns hold no evidence and no metadata. A cell is empty if its value is unknown or not set.
var columns = []column{
	{"dispute", func(c closing.Case) string { return text(string(c.ID)) }},
	{"state", func(c closing.Case) string { return text(string(c.State)) }},
	{"status", func(c closing.Case) string { return text(string(c.Dispute.Status)) }},
	{"amount_minor", func(c closing.Case) string { return number(c.Dispute.Amount) }},
	{"currency", func(c closing.Case) string { return text(c.Dispute.Currency) }},
	{"created", func(c closing.Case) string { return instant(c.Dispute.Created) }},
	{"due_by", func(c closing.Case) string { return instant(c.Dispute.DueBy) }},
	{"reason_type", func(c closing.Case) string { return text(c.Dispute.ReasonType) }},
	{"reason_code", func(c closing.Case) string { return text(c.Dispute.ReasonCode) }},
	{"has_evidence", func(c closing.Case) string { return number(c.Dispute.HasEvidence) }},
	{"livemode", func(c closing.Case) string { return number(c.Dispute.Livemode) }},
	{"charge", func(c closing.Case) string { return text(c.Dispute.Charge) }},
	{"why", func(c closing.Case) string { return text(view.Why(c)) }},
	{"action", decided(func(d *policy.Decision) string { return text(string(d.Action)) })},
	{"rule", decided(func(d *policy.Decision) string { return text(d.Rule) })},
	{"guard", decided(func(d *policy.Decision) string { return text(string(d.Guard)) })},
	{"shadow", decided(func(d *policy.Decision) string { return strconv.FormatBool(d.Shadow) })},
	{"policy", decided(func(d *policy.Decision) string { return text(d.Policy) })},
	{"decided_at", decided(func(d *policy.Decision) string { return instant(d.At) })},
	{"operator_said", said(func(o *closing.Override) string { return text(string(o.Action)) })},
	{"operator", said(func(o *closing.Override) string { return text(o.Who) })},
	{"operator_why", said(func(o *closing.Override) string { return text(o.Why) })},
	{"due_at", func(c closing.Case) string { return instant(c.DueAt) }},
	{"close_at", func(c closing.Case) string { return instant(c.CloseAt) }},
	{"attempts", func(c closing.Case) string { return strconv.Itoa(c.Attempts) }},
	{"proof", func(c closing.Case) string { return text(string(c.Proof)) }},
	{"person", func(c closing.Case) string { return text(strings.Join(view.Person(c), ",")) }},
	{"last_error", func(c closing.Case) string { return text(c.LastError) }},
	{"guard_reason", decided(func(d *policy.Decision) string { return text(d.GuardReason) })},
	{"late", func(c closing.Case) string { return strconv.FormatBool(c.Late()) }},
	{"looks_fail_since", func(c closing.Case) string { return instant(c.FailedSince) }},
	{"unknown_since", func(c closing.Case) string { return instant(c.UnknownSince) }},
}

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

// text returns a text as a cell that no spreadsheet takes for a formula: one that begins like one, white space aside,
// gets an apostrophe ahead (OWASP, "CSV Injection").
func text(s string) string {
	bare := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' })
	if bare != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(bare)[0]) || len(bare) < len(s) {
		return "'" + s
	}
	return s
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
func NewCSV(w io.Writer) Writer { return &sheet{w: csv.NewWriter(w)} }

type sheet struct {
	w      *csv.Writer
	headed bool
}

func (s *sheet) head() error {
	if s.headed {
		return nil
	}
	s.headed = true
	return s.row(func(c column) string { return c.name })
}

func (s *sheet) row(cell func(column) string) error {
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = cell(c)
	}
	return s.w.Write(row)
}

func (s *sheet) Write(c closing.Case) error {
	if err := s.head(); err != nil {
		return err
	}
	return s.row(func(col column) string { return col.cell(c) })
}

// Flush writes the head even if there are no cases.
func (s *sheet) Flush() error {
	if err := s.head(); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}
