package reportpage

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/report"
)

func TestAnAxisHasFewRoundSteps(t *testing.T) {
	for _, c := range []struct {
		values []float64
		top    float64
		steps  int
	}{
		{[]float64{0}, 1, 1}, {[]float64{1}, 1, 1}, {[]float64{5}, 5, 5}, {[]float64{6}, 6, 3}, {[]float64{10}, 10, 5}, {[]float64{11}, 15, 3},
		{[]float64{25}, 25, 5}, {[]float64{26}, 30, 3}, {[]float64{2, 3}, 5, 5}, {[]float64{51, 0}, 60, 3}, {[]float64{8350}, 10000, 5}, {[]float64{-4}, 1, 1}, {[]float64{9e18}, 1e19, 5},
	} {
		b := bars{labels: []string{"a"}}
		for _, v := range c.values {
			b.series = append(b.series, series{"s", []float64{v}})
		}
		if top, steps := b.axis(); top != c.top || steps != c.steps {
			t.Errorf("%v: %v in %d steps, want %v in %d", c.values, top, steps, c.top, c.steps)
		}
	}
}

func TestLabelsHaveRoom(t *testing.T) {
	for n, want := range map[int]int{1: 1, 12: 12, 13: 7, 31: 11, 62: 11} {
		b := bars{labels: make([]string, n)}
		for i := range b.labels {
			b.labels[i] = strconv.Itoa(i)
		}
		shown := 0
		for i, label := range b.thinned() {
			if label != "" {
				shown++
				if label != b.labels[i] {
					t.Errorf("%s stands at %d", label, i)
				}
			}
		}
		if shown != want {
			t.Errorf("%d of %d labels", shown, n)
		}
	}
}

// span is a report from one day to another, with a case that ended on each.
func span(from, to closing.Day) *report.Report {
	r := report.New(from, to, time.Now(), 0)
	for i, day := range []closing.Day{from, to} {
		r.AddLine(closing.Line{At: start(string(day)), Dispute: dispute.ID(strconv.Itoa(i)), Money: dispute.Money{Amount: int64(i + 1), Currency: "usd"}, Ended: &closing.Ended{State: closing.Closed}})
	}
	r.Finish()
	return r
}

func TestManyDaysAreDrawnByMonth(t *testing.T) {
	amount := func(row report.Row) int64 { return row.Closed.Amount }
	r := span("2026-02-27", "2026-03-02")
	x := axisOf(r)
	if diff := cmp.Diff([]string{"02-27", "02-28", "03-01", "03-02"}, x.labels); diff != "" || x.per != "per day" {
		t.Errorf("%s, %s", x.per, diff)
	}
	if diff := cmp.Diff([]float64{1, 0, 0, 2}, x.sum(r.Days, amount)); diff != "" {
		t.Error(diff)
	}
	if x := axisOf(span("2026-01-01", "2026-03-03")); len(x.labels) != 62 || x.per != "per day" {
		t.Errorf("%d bars %s", len(x.labels), x.per)
	}
	r = span("2025-11-30", "2026-01-31")
	x = axisOf(r)
	if diff := cmp.Diff([]string{"2025-11", "2025-12", "2026-01"}, x.labels); diff != "" || x.per != "per month" {
		t.Errorf("%s, %s", x.per, diff)
	}
	if diff := cmp.Diff([]float64{1, 0, 2}, x.sum(r.Days, amount)); diff != "" {
		t.Error(diff)
	}
}

// TestChartsAreOfTheCurrenciesOfTheMostCloses and of none in which nothing was conceded.
func TestChartsAreOfTheCurrenciesOfTheMostCloses(t *testing.T) {
	r := report.New("2026-03-01", "2026-03-01", time.Now(), 0)
	for i, code := range []string{"usd", "eur", "eur", "jpy", "jpy", "jpy", "gbp", "gbp", "gbp", "gbp", "kwd", "kwd", "kwd", "kwd", "kwd", "chf"} {
		e := &closing.Ended{State: closing.Closed}
		if code == "kwd" {
			e = &closing.Ended{State: closing.Resolved, Status: dispute.Won}
		}
		r.AddLine(closing.Line{At: start("2026-03-01"), Dispute: dispute.ID(strconv.Itoa(i)), Money: dispute.Money{Amount: 100, Currency: code}, Ended: e})
	}
	r.Finish()
	drawn, err := chartsOf(r)
	var notes []string
	for _, c := range drawn {
		notes = append(notes, c.Title+" "+c.Note)
	}
	want := []string{"How cases ended cases per day", "Conceded GBP per day", "Conceded JPY per day", "Conceded EUR per day"}
	if diff := cmp.Diff(want, notes); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	var ends []float64
	for _, s := range drawn[0].bars.series {
		ends = append(ends, s.values[0])
	}
	if diff := cmp.Diff([]float64{11, 5, 0, 0}, ends); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{400}, drawn[1].bars.series[0].values); diff != "" {
		t.Error(diff)
	}
}

// TestACurrencyWithoutCloses has no chart of what was conceded.
func TestACurrencyWithoutCloses(t *testing.T) {
	r := span("2026-03-01", "2026-03-02")
	r.AddLine(closing.Line{At: start("2026-03-01"), Dispute: "won", Money: dispute.Money{Amount: 1, Currency: "eur"}, Ended: &closing.Ended{State: closing.Resolved, Status: dispute.Won}})
	r.Finish()
	if drawn, err := chartsOf(r); err != nil || len(drawn) != 2 || drawn[1].Note != "USD per day" {
		t.Errorf("%v, %d charts", err, len(drawn))
	}
}

// TestAChartIsSVG that parses, in two shades that differ only in their colours.
func TestAChartIsSVG(t *testing.T) {
	b := bars{
		labels: []string{"a & <b>", "c"}, tick: func(n int64) string { return bare(n, "usd") },
		series: []series{{"one <i>", []float64{100, 250}}, {"two", []float64{-1, 50}}},
	}
	drawn, err := b.draw()
	if err != nil || len(drawn) != 2 || drawn["light"] == drawn["dark"] {
		t.Fatalf("%v, %v", err, drawn)
	}
	var texts [2]string
	for i, shade := range []string{"light", "dark"} {
		svg := string(drawn[shade])
		if !strings.HasPrefix(svg, "<svg viewBox=") || strings.Contains(svg, "http") {
			t.Errorf("%s: %.200s", shade, svg)
		}
		texts[i] = texted(t, svg)
	}
	const want = "one <i>|two|3.00|2.00|1.00|0.00|a & <b>|c|"
	if texts[0] != want || texts[1] != want {
		t.Errorf("got %q, want %q", texts, want)
	}
}

// texted are the texts of an SVG.
func texted(t *testing.T, svg string) string {
	t.Helper()
	d, texts := xml.NewDecoder(strings.NewReader(svg)), ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, is := token.(xml.CharData); is && strings.TrimSpace(string(text)) != "" {
			texts += string(text) + "|"
		}
	}
}

func TestATickNamesNoCurrency(t *testing.T) {
	for want, got := range map[string]string{
		"1,000.00": bare(100_000, "usd"), "1,510": bare(1510, "jpy"), "5.100": bare(5100, "kwd"), "1510": bare(1510, "xyz"), "7": bare(7, ""),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
