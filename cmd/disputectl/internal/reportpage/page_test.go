package reportpage_test

import (
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/cmd/disputectl/internal/reportpage"
	"disputecloser/cmd/disputectl/internal/reporttable"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
	"disputecloser/shared/report"
)

// noon is the time of the tests.
var noon = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

// month is a report on a month of a merchant with three currencies.
func month(t *testing.T) *report.Report {
	t.Helper()
	random := rand.New(rand.NewPCG(11, 6))
	r := report.New("2026-03-01", "2026-03-31", noon, 7*24*time.Hour)
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for i := range 400 {
		e := closing.Ended{
			State: closing.State(pick("closed", "closed", "closed", "resolved", "resolved", "missing")), Status: dispute.Status(pick("won", "lost", "lost", "charge_refunded")),
			Action: policy.Action(pick("close", "close", "keep", "review")), Shadow: random.IntN(3) == 0, ReasonCode: pick("10.4", "13.1", "4837", "4853", ""),
			Rule: pick("small, without evidence", "inquiries need a person", "tiny amounts in euro", ""), Contradicted: random.IntN(80) == 0,
		}
		switch {
		case e.State == closing.Closed:
			e.Proof, e.Action, e.Shadow = closing.Proof(pick("answered", "answered", "answered", "inferred")), policy.Close, false
		case random.IntN(20) == 0:
			e.PostedAt = noon
		}
		if random.IntN(12) == 0 {
			e.Rule, e.Operator = "", "arn:aws:iam::123456789012:user/ada"
		}
		if random.IntN(30) == 0 {
			e.Action, e.Rule, e.Operator = "", "", ""
		}
		r.AddLine(closing.Line{
			At: noon.Add(-time.Duration(random.IntN(29*24*60)) * time.Minute), What: string(e.State), Dispute: dispute.ID(fmt.Sprintf("dp_%04d", i)),
			Money: dispute.Money{Amount: 300 + random.Int64N(1300), Currency: pick("usd", "usd", "usd", "eur", "jpy")}, Ended: &e,
		})
	}
	for i, what := range []string{"keep", "keep", "close", "pause", "resume"} {
		r.AddLine(closing.Line{At: noon, What: what, Dispute: "dp_1", Who: "arn:aws:iam::123456789012:user/" + []string{"ada", "bob"}[i%2]})
	}
	for i := range 14 {
		c := closing.Case{
			ID: dispute.ID(fmt.Sprintf("dp_w%02d", i)), State: []closing.State{closing.Open, closing.Scheduled, closing.Closing, closing.Failed}[i%4], DueAt: noon.Add(time.Hour),
			Decision: &policy.Decision{Action: policy.Close, Rule: "small, without evidence"}, Ambiguous: i%8 == 2,
			Dispute: dispute.Dispute{Status: dispute.NeedsResponse, Amount: dispute.Known(int64(400 + i)), Currency: "usd", ReasonCode: "10.4", DueBy: noon.Add(time.Duration(i) * 24 * time.Hour)},
		}
		if c.State == closing.Scheduled {
			c.CloseAt = noon.Add(time.Duration(i) * time.Hour)
		}
		r.AddCase(c)
	}
	r.Finish()
	return r
}

// write returns the page of a report.
func write(t *testing.T, r *report.Report) string {
	t.Helper()
	var b strings.Builder
	if err := reportpage.Write(&b, "stack dispute-closer-live in eu-west-1: LIVE MONEY", r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	tags = regexp.MustCompile(`<[^>]*>`)
	rows = regexp.MustCompile(`(?s)<tr>.*?</tr>`)
)

// textOf is the text of a piece of HTML, with one blank between words.
func textOf(piece string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(piece, " "))), " ")
}

// rowsOf are the texts of a page's rows of tables.
func rowsOf(page string) []string {
	var texts []string
	for _, row := range rows.FindAllString(page, -1) {
		texts = append(texts, textOf(row))
	}
	return texts
}

// wantFigures looks for every figure of a report in the rows of its page.
func wantFigures(t *testing.T, page string, r *report.Report) {
	t.Helper()
	texts := rowsOf(page)
	want := func(name string, words ...string) {
		t.Helper()
		is := func(text string) bool {
			for _, word := range words {
				if !strings.Contains(" "+text+" ", " "+word+" ") {
					return false
				}
			}
			return strings.HasPrefix(text, name)
		}
		if !slices.ContainsFunc(texts, is) {
			t.Errorf("no row %q with %q", name, words)
		}
	}
	for _, g := range reporttable.Groups(r) {
		for _, row := range g.Rows {
			outcomes, decisions := figures(row.Currency, row.Tally, "Ended", "Contradicted"), figures(row.Currency, row.Tally, "Kept", "Spared")
			name := row.Label()
			if g.ID != "currency" {
				name += " " + strings.ToUpper(row.Currency)
			}
			want(name, outcomes...)
			if row.Ended != row.Closed {
				want(name, decisions...)
			}
		}
	}
	for _, g := range reporttable.WaitGroups(r.Waits) {
		for _, row := range g.Rows {
			want(row.Label(), figures(row.Currency, row.Waiting, "Unfinished", "Person")...)
		}
	}
	for _, w := range r.Waits.Cases {
		state := string(w.Case.State)
		if w.InDoubt {
			state += ", in doubt"
		}
		words := []string{w.Money(), state, w.Decider(), w.Case.Dispute.ReasonCode, view.MomentFrom(w.Case.Dispute.DueBy, r.At)}
		if !w.Case.CloseAt.IsZero() {
			words = append(words, view.MomentFrom(w.Case.CloseAt, r.At))
		}
		want(string(w.Case.ID), words...)
	}
	for _, a := range r.Acts {
		want(a.What, a.Who, fmt.Sprint(a.Acts))
	}
}

// figures are the counts of a struct from one field to another, as a page shows them.
func figures(code string, of any, first, last string) []string {
	var texts []string
	v := reflect.ValueOf(of)
	within := false
	for i := range v.NumField() {
		name, count := v.Type().Field(i).Name, v.Field(i).Interface().(report.Count)
		within = within || name == first
		if within {
			texts = append(texts, fmt.Sprint(count.Cases))
			if count.Cases > 0 {
				texts[len(texts)-1] += " " + currency.Text(count.Amount, code)
			}
		}
		if name == last {
			break
		}
	}
	return texts
}

func TestAPageHoldsEveryFigure(t *testing.T) {
	r := month(t)
	wantFigures(t, write(t, r), r)
}

var (
	shares = regexp.MustCompile(`<span class="share".*?</span>`)
	widths = regexp.MustCompile(`style="width:([0-9.]+)%"`)
)

// TestSharesAddUp to a whole, in each row but those of days, which the chart has.
func TestSharesAddUp(t *testing.T) {
	r := month(t)
	drawn := shares.FindAllString(write(t, r), -1)
	if want := len(r.Currencies) + len(r.Rules) + len(r.Reasons); len(drawn) != want {
		t.Errorf("%d shares are drawn, want %d", len(drawn), want)
	}
	for _, share := range drawn {
		sum := 0.0
		for _, width := range widths.FindAllStringSubmatch(share, -1) {
			part, err := strconv.ParseFloat(width[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			sum += part
		}
		if sum < 99.5 || sum > 100.5 {
			t.Errorf("%.1f%% in %s", sum, share)
		}
	}
}

// wantAlone fails for whatever a page would fetch, run or lead to.
func wantAlone(t *testing.T, page string) {
	t.Helper()
	for _, foreign := range []string{"<script", "<link", "<img", "<iframe", "<object", "<a ", "http:", "https:", "src=", "href=", "url(", "@import", "javascript:", " on", "ZgotmplZ"} {
		for line := range strings.Lines(page) {
			if at := strings.Index(line, foreign); at >= 0 && (foreign != " on" || handler.MatchString(line)) {
				t.Errorf("%q in %.200s", foreign, line[at:])
			}
		}
	}
}

// handler matches an attribute that runs a script.
var handler = regexp.MustCompile(`<[^>]* on[a-z]+=`)

func TestAPageNeedsNothingElse(t *testing.T) { wantAlone(t, write(t, month(t))) }

// hostile is a report in which whatever is a text from elsewhere is the given text.
func hostile(t *testing.T, text string) *report.Report {
	t.Helper()
	r := report.New("2026-03-01", "2026-03-31", noon, 7*24*time.Hour)
	r.AddLine(closing.Line{
		At: noon, What: text, Dispute: dispute.ID(text), Who: text, Why: text, Money: dispute.Money{Amount: 1000, Currency: text},
		Ended: &closing.Ended{State: closing.Closed, Status: dispute.Status(text), ReasonCode: text, Proof: closing.Proof(text), Action: policy.Close, Rule: text, Operator: ""},
	})
	r.AddLine(closing.Line{At: noon, What: text, Dispute: dispute.ID(text), Who: text, Why: text})
	r.AddCase(closing.Case{
		ID: dispute.ID("w" + text), State: closing.Failed, Decision: &policy.Decision{Action: policy.Close, Rule: text}, Told: []string{text},
		Dispute: dispute.Dispute{Currency: text, Amount: dispute.Known[int64](1000), Status: dispute.Status(text), ReasonCode: text},
	})
	r.AddUnread(dispute.ID(text))
	r.Finish()
	return r
}

// evils are texts that attack a page or its reader.
var evils = []string{
	hostiletest.Evil, `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style></svg></table><h1>FORGED`, `' onmouseover='alert(1)`,
	`<!--`, `]]>`, `&lt;script&gt;`, `{{.}}`, `javascript:alert(1)`, `</td></tr><tr><td>FORGED`, "\u2028</title>",
}

// skeleton is a page's tags and their attributes, without any text.
func skeleton(page string) string { return strings.Join(tags.FindAllString(page, -1), "\n") }

// TestATextStaysText whatever it holds: the page's elements are those of the same page with a plain text.
func TestATextStaysText(t *testing.T) {
	want := skeleton(write(t, hostile(t, "plain")))
	for _, evil := range evils {
		page := write(t, hostile(t, evil))
		if got := skeleton(page); got != want {
			t.Errorf("%q changes the page: %s", evil, cmp.Diff(want, got))
		}
		if strings.ContainsFunc(page, screen.Harmful) {
			t.Errorf("%q is not harmless", evil)
		}
	}
}

// TestAPageOfClosesOnly has no table of what we did not close.
func TestAPageOfClosesOnly(t *testing.T) {
	r := report.New("2026-03-31", "2026-03-31", noon, time.Hour)
	r.AddLine(closing.Line{At: noon, Dispute: "dp_1", Money: dispute.Money{Amount: 1, Currency: "usd"}, Ended: &closing.Ended{State: closing.Closed}})
	r.Finish()
	if page := write(t, r); strings.Contains(page, "Not closed by us") || !strings.Contains(page, "0.01 USD") {
		t.Error(page)
	}
}

// TestAPageOfNothing says so.
func TestAPageOfNothing(t *testing.T) {
	r := report.New("2026-03-01", "2026-03-31", noon, time.Hour)
	r.Finish()
	page := write(t, r)
	for _, want := range []string{"No case ended in these days.", "Nothing.", "No case is planned"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, unwanted := range []string{"<figure", "<svg", "cannot be read", "more unfinished"} {
		if strings.Contains(page, unwanted) {
			t.Errorf("%q in a page of nothing", unwanted)
		}
	}
	wantAlone(t, page)
}

// TestAPageSaysWhatIsMissing from it.
func TestAPageSaysWhatIsMissing(t *testing.T) {
	r := month(t)
	r.AddUnread("dp_odd")
	r.Waits.Cut = true
	page := write(t, r)
	for _, want := range []string{"cannot be read: dp_odd", "There are more unfinished cases than were read."} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestAnUnwritablePage(t *testing.T) {
	if reportpage.Write(broken{}, "", month(t)) == nil {
		t.Error("the error is swallowed")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space") }
