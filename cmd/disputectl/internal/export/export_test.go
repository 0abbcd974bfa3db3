package export_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/export"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func parsed(t *testing.T, text string) dispute.Dispute {
	t.Helper()
	d, err := dispute.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func written(t *testing.T, w export.Writer, cases ...closing.Case) {
	t.Helper()
	for _, c := range cases {
		if err := w.Write(c, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// seen keeps what a history's reader shows.
type seen []history.Record

func (s *seen) Visit(r *history.Record) {
	*s = append(*s, *r)
}

// TestADisputeIsWrittenAsItCame keeps order, unknown fields, long numbers and characters that JSON may escape.
func TestADisputeIsWrittenAsItCame(t *testing.T) {
	const raw = `{"unknown":{"b":1,"a":12345678901234567890.50},"id":"dp_1","amount":1200,"text":"<a>&\u00e4","status":"lost"}`
	var out bytes.Buffer
	written(t, export.NewLines(&out), closing.Case{ID: "dp_1", State: closing.Closed, Dispute: parsed(t, raw), Proof: closing.Answered})
	if !strings.HasPrefix(out.String(), `{"dispute":`+raw+`,"state":"closed","version":0,`) || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("it writes %s", out.String())
	}
}

func TestAnExportIsReadBackAsHistory(t *testing.T) {
	var out bytes.Buffer
	written(t, export.NewLines(&out),
		closing.Case{ID: "dp_1", State: closing.Closed, Dispute: parsed(t, `{"id":"dp_1","amount":1200,"currency":"USD","status":"lost"}`)},
		closing.Case{ID: "dp_2", State: closing.Open, Dispute: parsed(t, "{\n\"id\": \"dp_2\",\n\"status\": \"needs_response\"}"),
			Decision: &policy.Decision{Action: policy.Keep, Policy: "abc", At: noon}},
	)
	var records seen
	sum, err := history.Read(t.Context(), &out, history.Options{}, &records)
	if err != nil || sum.Cases != 2 || sum.Bad != 0 || sum.Format != history.Lines {
		t.Fatalf("%+v, %v", sum, err)
	}
	amount, _ := records[0].Facts.Amount.Get()
	if string(records[0].ID) != "dp_1" || records[0].State != "closed" || amount != 1200 || records[0].Facts.Currency != "usd" || records[1].State != "open" {
		t.Errorf("read back: %+v", records)
	}
}

// TestNoCellIsAFormula writes what spreadsheets take for formulas into every text that somebody else can choose.
func TestNoCellIsAFormula(t *testing.T) {
	for _, evil := range []string{
		`=1+1`, `+1`, `-1+1`, `@SUM(A1)`, "\t=1", "\r=1", "\n=1", ` =1`, "\u00a0=1", "\ufeff=1", "\x00=1", `＝1`, `=cmd|'/C calc'!A0`,
	} {
		c := closing.Case{
			ID: dispute.ID(evil), State: closing.Open, LastError: evil,
			Dispute: dispute.Dispute{
				ID: dispute.ID(evil), Status: dispute.Status(evil), Currency: evil, ReasonType: evil, ReasonCode: evil, Charge: evil,
				Amount: dispute.Known[int64](-5),
			},
			Decision: &policy.Decision{Action: policy.Action(evil), Rule: evil, Guard: policy.Guard(evil), Policy: evil},
			Override: &closing.Override{Action: policy.Action(evil), Who: evil, Why: evil},
		}
		var out bytes.Buffer
		written(t, export.NewCSV(&out), c)
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %v, %v", evil, rows, err)
		}
		for i, cell := range rows[1] {
			if rows[0][i] == "amount_minor" {
				if cell != "-5" {
					t.Errorf("the amount is %q", cell)
				}
				continue
			}
			if bare := strings.TrimLeft(cell, " \t\r\n\x00\u00a0\ufeff"); bare != "" && strings.ContainsAny(bare[:1], "=+-@") || strings.HasPrefix(bare, "＝") {
				t.Errorf("%q: column %s holds %q", evil, rows[0][i], cell)
			}
		}
	}
}

// TestWhatIsLateOrNotSeenIsExported in both formats.
func TestWhatIsLateOrNotSeenIsExported(t *testing.T) {
	c := closing.Case{
		ID: "dp_1", State: closing.Scheduled, CloseAt: noon.Add(time.Second), Dispute: parsed(t, `{"id":"dp_1"}`), Told: []string{closing.ReasonLate, closing.ReasonLooks},
		FailedSince: noon.Add(-time.Hour), UnknownSince: noon.Add(-2 * time.Hour),
		Decision: &policy.Decision{GuardReason: "answered 404", RefundsUnavailable: true},
	}
	c.Dispute.DueBy = noon
	var lines, sheet bytes.Buffer
	written(t, export.NewLines(&lines), c)
	for _, want := range []string{
		`"late":true`, `"looks_fail_since":"2026-03-02T11:00:00Z"`, `"unknown_since":"2026-03-02T10:00:00Z"`, `"guard_reason":"answered 404"`, `"refunds_unavailable":true`,
	} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("no %s in %s", want, lines.String())
		}
	}
	written(t, export.NewCSV(&sheet), c)
	rows, err := csv.NewReader(&sheet).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v, %v", rows, err)
	}
	for name, want := range map[string]string{
		"late": "true", "looks_fail_since": "2026-03-02T11:00:00Z", "unknown_since": "2026-03-02T10:00:00Z", "guard_reason": "answered 404",
		"person": "late,looks fail",
	} {
		if i := slices.Index(rows[0], name); i < 0 || rows[1][i] != want {
			t.Errorf("%s: column %d of %q, want %s", name, i, rows[1], want)
		}
	}
}

func TestAnEmptySheetHasAHead(t *testing.T) {
	var out bytes.Buffer
	written(t, export.NewCSV(&out))
	if rows, err := csv.NewReader(&out).ReadAll(); err != nil || len(rows) != 1 || rows[0][0] != "dispute" {
		t.Errorf("%v, %v", rows, err)
	}
}
