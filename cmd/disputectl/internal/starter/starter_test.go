package starter_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/starter"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

func answers(limits ...starter.Limit) starter.Answers {
	return starter.Answers{Limits: limits, Grace: starter.DefaultGrace, Closes: starter.DefaultCloses, Failures: starter.DefaultFailures}
}

// strict fails unless the file passes the strictest check, is in shadow mode, and could go live as it is.
func strict(t *testing.T, a starter.Answers, text []byte) policy.Document {
	t.Helper()
	checked := source.Check("p", text)
	if !sound(checked) || checked.Document.Mode != policy.Shadow {
		t.Fatalf("%+v: mode %q, %v\n%s", a, checked.Document.Mode, checked.Findings, text)
	}
	live := strings.Replace(string(text), "\nmode: shadow\n", "\nmode: live\n", 1)
	if checked := source.Check("p", []byte(live)); !sound(checked) || checked.Document.Mode != policy.Live {
		t.Fatalf("%+v: not ready to go live: %v", a, checked.Findings)
	}
	return checked.Document
}

// sound reports whether the check finds nothing but large amounts, which are for the merchant to decide.
func sound(r source.Result) bool {
	return !slices.ContainsFunc(r.Findings, func(f source.Finding) bool { return f.Kind != analysis.Large })
}

// Every currency alone, with the values to begin with.
func TestEveryCurrencyHasASoundStart(t *testing.T) {
	for _, code := range currency.Codes() {
		a := answers(starter.Limit{Currency: code, Threshold: starter.DefaultThreshold(code)})
		text, err := a.YAML()
		if err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		d := strict(t, a, text)
		c, _ := currency.Lookup(code)
		if worth := c.Dollars(d.Ceiling[code]); worth < 4 || worth > 61 {
			t.Errorf("%s: %d is about %.2f dollars", code, d.Ceiling[code], worth)
		}
	}
}

// TestThresholdsToBeginWith are round, and worth about the same.
func TestThresholdsToBeginWith(t *testing.T) {
	for code, want := range map[string]string{
		"usd": "15.00 USD", "eur": "12.00 EUR", "gbp": "12.00 GBP", "jpy": "2,000 JPY", "krw": "20,000 KRW", "inr": "1,200.00 INR", "kwd": "5.000 KWD",
		"idr": "250,000.00 IDR", "sek": "150.00 SEK", "vnd": "400,000 VND",
	} {
		if got := currency.Text(starter.DefaultThreshold(code), code); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if starter.DefaultThreshold("xyz") != 0 {
		t.Error("a currency that is not known has a threshold")
	}
}

// What the answers say is what the file decides.
func TestAnswersAreTheFile(t *testing.T) {
	a := starter.Answers{
		Limits: []starter.Limit{{"usd", 2500, 9000, 40000}, {"jpy", 2000, 0, 0}}, Grace: policy.Duration(90 * time.Minute), Closes: 4, Failures: 2,
	}
	text, err := a.YAML()
	if err != nil {
		t.Fatal(err)
	}
	d := strict(t, a, text)
	if d.Ceiling["usd"] != 9000 || d.Ceiling["jpy"] != 2000 || len(d.Ceiling) != 2 {
		t.Errorf("ceiling %v", d.Ceiling)
	}
	if want := map[string]policy.Spend{"usd": {Closes: 4, Amount: 40000}, "jpy": {Closes: 4, Amount: 8000}}; fmt.Sprint(d.Budget.Spend) != fmt.Sprint(want) {
		t.Errorf("budget %v, want %v", d.Budget.Spend, want)
	}
	small := d.Rules[len(d.Rules)-1]
	if *small.If.Amount["usd"].AtMost != 2500 || *small.If.Amount["jpy"].AtMost != 2000 || small.After.String() != "1h30m" || d.Budget.Failures != 2 {
		t.Errorf("rule %+v, failures %d", small, d.Budget.Failures)
	}
	for _, comment := range []string{"25.00 USD", "2,000 JPY", "40.00"} {
		if has := strings.Contains(string(text), "# "+comment); has != (comment != "40.00") {
			t.Errorf("# %s: %t", comment, has)
		}
	}
}

// Whatever the answers: the file is sound, or it is refused for a reason.
func TestManyAnswers(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	codes := currency.Codes()
	written, refused := 0, 0
	for range 400 {
		a := starter.Answers{
			Grace: policy.Duration(rng.IntN(721*60)) * policy.Duration(time.Minute), Closes: rng.Int64N(60), Failures: 1 + rng.Int64N(9),
		}
		for _, n := range rng.Perm(len(codes))[:1+rng.IntN(4)] {
			l := starter.Limit{Currency: codes[n], Threshold: starter.DefaultThreshold(codes[n])}
			l.Threshold = l.Threshold * (1 + rng.Int64N(20)) / (1 + rng.Int64N(6))
			if rng.IntN(3) == 0 {
				l.Ceiling = l.Threshold * (1 + rng.Int64N(4))
			}
			if rng.IntN(3) == 0 {
				l.Budget = l.Threshold * (1 + rng.Int64N(60))
			}
			a.Limits = append(a.Limits, l)
		}
		text, err := a.YAML()
		var warned *starter.WarnedError
		switch {
		case err == nil:
			written++
			strict(t, a, text)
		case errors.As(err, &warned) && warned.Finding.Hint != "":
			refused++
		default:
			t.Fatalf("%+v: %v", a, err)
		}
	}
	if written < 100 || refused < 15 {
		t.Errorf("%d written, %d refused: too few of one kind", written, refused)
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	usd := func(change func(*starter.Limit, *starter.Answers)) starter.Answers {
		l, a := starter.Limit{Currency: "usd", Threshold: 1500}, answers()
		change(&l, &a)
		a.Limits = []starter.Limit{l}
		return a
	}
	for name, c := range map[string]struct {
		a    starter.Answers
		want string
	}{
		"no currency":          {answers(), "no currency"},
		"too large for a day":  {usd(func(l *starter.Limit, _ *starter.Answers) { l.Threshold = math.MaxInt64 / 2 }), "too large"},
		"nothing above":        {usd(func(l *starter.Limit, a *starter.Answers) { l.Threshold, a.Closes = math.MaxInt64, 1 }), "too large"},
		"dollars, not cents":   {usd(func(l *starter.Limit, _ *starter.Answers) { l.Threshold = 15 }), "major units"},
		"one close a day":      {usd(func(_ *starter.Limit, a *starter.Answers) { a.Closes = 1 }), "budget"},
		"a ceiling below":      {usd(func(l *starter.Limit, _ *starter.Answers) { l.Ceiling = 1000 }), "ceiling"},
		"too long a grace":     {usd(func(_ *starter.Limit, a *starter.Answers) { a.Grace *= 31 }), "720h"},
		"no failures":          {usd(func(_ *starter.Limit, a *starter.Answers) { a.Failures = 0 }), "failures"},
		"an unknown currency":  {usd(func(l *starter.Limit, _ *starter.Answers) { l.Currency = "usdd" }), "not a currency"},
		"a negative threshold": {usd(func(l *starter.Limit, _ *starter.Answers) { l.Threshold = -1 }), "plain digits"},
	} {
		text, err := c.a.YAML()
		if err == nil || text != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want one about %s", name, err, c.want)
		}
	}
}

// TestRefundsAreAsAnswered also where the check warns of the answer; it warns of nothing else then.
func TestRefundsAreAsAnswered(t *testing.T) {
	for answer, want := range map[policy.Refunds]policy.Refunds{
		"": "", policy.RefundsRequired: "", policy.RefundsUnavailable: policy.RefundsUnavailable,
	} {
		a := answers(starter.Limit{Currency: "usd", Threshold: 1500})
		a.Refunds = answer
		text, err := a.YAML()
		if err != nil {
			t.Fatal(err)
		}
		checked := source.Check("p", text)
		if got := checked.Document.Refunds; got != want || !checked.OK(want == "") || !strings.Contains(string(text), "refunds: ") {
			t.Errorf("%q: refunds %q, %v\n%s", answer, got, checked.Findings, text)
		}
	}
	a := answers(starter.Limit{Currency: "usd", Threshold: 15})
	a.Refunds = policy.RefundsUnavailable
	if _, err := a.YAML(); err == nil {
		t.Error("another finding is swallowed")
	}
}

// TestALargeThresholdIsWrittenAndWarnedOf: it is the merchant's to decide.
func TestALargeThresholdIsWrittenAndWarnedOf(t *testing.T) {
	for threshold, warned := range map[int64]bool{1500: false, 60000: true} {
		a := answers(starter.Limit{Currency: "usd", Threshold: threshold})
		if _, err := a.YAML(); err != nil || a.Warned() != warned {
			t.Errorf("%d: %v, warned: %t", threshold, err, a.Warned())
		}
	}
}
